"""What comes of a campaign's rows between their source and the book."""

from __future__ import annotations

from collections.abc import Iterator

from pykka import Future

from actors.answers import answer
from actors.campaign.arrivals import Arrivals, RowsRead
from actors.messages import AddContacts, TakeRows
from runtime.contacts import FedRow


class Feed:
    """Where rows come from, which of them are read, recorded and taken in, and who waits for that.

    While `ahead` contacts or more are unfinished, whoever adds some is kept
    waiting for the answer; None keeps nobody waiting.
    """

    def __init__(
        self, source: Iterator[FedRow] | Arrivals | None, *, keep_open: bool, ahead: int | None
    ) -> None:
        self.source = source
        """None where no more rows come, but those that the application adds."""
        self.source_failed = False
        """Whether the source has raised: what is left of it would be taken for nothing."""
        self.open = keep_open
        """Whether the application may add contacts."""
        self.came: RowsRead | None = None
        """The last rows that the source has answered with."""
        self.reading: TakeRows | None = None
        """The rows of the source that have been read and are not all taken in."""
        self.recorded: TakeRows | AddContacts | None = None
        """The last rows that the journal has been told of."""
        self.promised = 0
        """How many contacts the journal has been told of."""
        self.taking: tuple[list[FedRow], int] = ([], 0)
        """The rows that are being taken in, and how many of them have been."""
        self.arrived = 0
        """How many contacts the pool has been told of."""
        self.closing = False
        """Whether nobody may wait any more for calls that won't be placed."""
        self._ahead = ahead
        self._answers: list[tuple[Future[int], int]] = []

    def owe(self, done: Future[int], count: int) -> None:
        """Note that contacts were added whose sender is to hear so."""
        self._answers.append((done, count))

    def answer_added(self, unfinished: int) -> None:
        """Say that contacts were added, unless so many are unfinished that their sender should wait."""
        if self._answers and (self._ahead is None or unfinished < self._ahead or self.closing):
            answers, self._answers = self._answers, []
            for done, count in answers:
                answer(done, count)
