"""``python -m wireproof``."""

import sys

from wireproof.cli import run_process

if __name__ == "__main__":
    sys.exit(run_process())
