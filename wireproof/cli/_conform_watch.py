"""``wireproof conform capture``: what a recorded capture shows of a stack."""

from __future__ import annotations

import argparse

HELP = "judge what a recorded capture shows of a host"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""


def run(options: argparse.Namespace) -> int:
    """Judge."""
    raise NotImplementedError
