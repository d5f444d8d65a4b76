"""What takes more than one packet: times between packets, conversations."""

from wireproof.analysis.session import Analysis

__all__ = ["Analysis"]
