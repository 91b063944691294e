"""The command line: `trunkline` and `python -m trunkline`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from trunkline.cli.signals import leave_at_once

    leave_at_once()
    from trunkline.cli.app import run  # it takes a while, in which a signal may come

    try:
        code = run()
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us has left; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)
