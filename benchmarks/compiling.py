"""Print as JSON how many seconds it takes to compile each of some filters, the median of so many times.

    python benchmarks/compiling.py 21 'tcp.port == 443' 'ip.src == 10.1.2.0/24'

What was compiled before is not taken from the cache, and what is done once in a process is left out.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # last: an installed wireproof comes first

import wireproof


def compile_filter(chosen: wireproof.Filter) -> None:
    """Make the machine code of a filter, for the records of a pcap file."""
    from wireproof.engine import compile_query
    from wireproof.engine.state import RecordLayout

    layout = RecordLayout()
    compile_query(chosen.typed, link_type=layout.link_type).code(layout)


def seconds(text: str, times: int) -> float:
    """Return the median of so many times."""
    chosen, taken = wireproof.Filter(text), []
    compile_filter(chosen)
    for _ in range(times):
        start = time.perf_counter()
        compile_filter(chosen)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


if __name__ == "__main__":
    os.environ["WIREPROOF_CACHE"] = "off"
    print(json.dumps([seconds(text, int(sys.argv[1])) for text in sys.argv[2:]]))
