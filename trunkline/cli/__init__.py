"""The command line: `trunkline` and `python -m trunkline`."""

from __future__ import annotations

import os
import sys

from trunkline.cli.streams import stand_in_for_closed_streams


def main() -> None:
    """Run the command line and exit with its code."""
    from trunkline.cli.signals import leave_at_once

    leave_at_once()
    stand_in_for_closed_streams()
    from trunkline.cli.app import run  # it takes a while, in which a signal may come

    try:
        code = run()
        sys.stdout.flush()
    except BrokenPipeError:
        code = 0
        _let_go_of_stdout()
    except OSError as error:
        place = "standard output" if error.filename is None else error.filename
        print(f"trunkline: {place}: {error.strerror}", file=sys.stderr)
        code = 1
        _let_go_of_stdout()
    sys.exit(code)


def _let_go_of_stdout() -> None:
    """Drop what is still buffered: whoever read us has left, or the disk is full."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
