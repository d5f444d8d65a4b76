"""In how many ranges a file is walked over at the same time."""

from __future__ import annotations

import os

PAYS = 64 << 20
"""Octets of a file from which on it is worth while to share it out."""
_MOST_JOBS = 8


def jobs_for(size: int | None, asked: int | None) -> int:
    """Return how many ranges to walk over at the same time: as many as asked for, or as it pays for that size."""
    if size is None or not hasattr(os, "preadv"):
        return 1
    if asked is not None:
        return asked
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MOST_JOBS) if size >= PAYS else 1
