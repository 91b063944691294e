"""SIGINT and SIGTERM, from a command's first moment to its last word.

There is no moment at which they do what the system does by default: before
calls are placed the program leaves at once, while there are calls they end
first, and what comes while the summary is printed lets it be printed.
"""

from __future__ import annotations

import os
import signal
from types import FrameType, TracebackType
from typing import Any, NoReturn, Self

from trunkline.cli.exits import Exit

CODES = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}


def leave_at_once() -> None:
    """From here on a signal ends the program with its exit code and one line."""
    for number in CODES:
        signal.signal(number, _leave)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    code = CODES[signal.Signals(number)]
    # Not by print: the signal may have come while it was printing.
    os.write(2, f"trunkline: {code.name.lower()}\n".encode())
    raise SystemExit(code)


class Signals:
    """Note signals instead of leaving, as long as the block lasts.

    Nothing is raised, so no step of a run is left half done; whoever is in
    the block looks at `received`. While the `last_word` is printed a second
    one leaves after all: whoever should read it may have stopped to. SIGHUP
    is let pass.
    """

    def __init__(self) -> None:
        self.received: list[Exit] = []
        self.last_word = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in CODES:
            self._before[number] = signal.signal(number, self._note)
        self._before[signal.SIGHUP] = signal.signal(signal.SIGHUP, lambda _number, _frame: None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def note(self, number: int) -> Exit:
        """Note a signal; returns the exit code that it stands for."""
        code = CODES[signal.Signals(number)]
        self.received.append(code)
        return code

    def _note(self, number: int, _frame: FrameType | None) -> None:
        code = self.note(number)
        if self.last_word and len(self.received) > 1:
            raise SystemExit(code)
