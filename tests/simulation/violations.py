"""What ends a simulated life: a broken guarantee, or a crash that was planned.

Both are BaseExceptions, so that nothing between the place where they are
raised and the loop takes them for an error of its own.
"""

from __future__ import annotations

from traceback import clear_frames


class Violation(BaseException):
    """A guarantee that didn't hold; `invariant` is its number in GUARANTEES 1.

    0 stands for what every run must do besides: the log's own order.
    """

    def __init__(self, invariant: int, text: str) -> None:
        super().__init__(f"invariant {invariant}: {text}")
        self.invariant = invariant
        self.text = text


class Crashed(BaseException):
    """The process is gone, at this very instant."""


def forget_frames(error: BaseException) -> None:
    """Let go of the frames of an error and of those before it, and of all that their life held.

    They are in cycles with what is suspended in them, which Python's
    collector doesn't see through.
    """
    at: BaseException | None = error
    while at is not None:
        clear_frames(at.__traceback__)
        before = at.__context__
        at.__traceback__ = at.__cause__ = at.__context__ = None
        at = before
