"""How far a campaign has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pykka import ActorRef

from actors.campaign.arrivals import Arrivals
from actors.campaign.book import ContactBook
from actors.campaign.calls_in_progress import CallsInProgress
from actors.campaign.earlier_life import EarlierLife, TakingOver
from actors.campaign.feed import Feed
from actors.campaign.sharing import Sharing
from actors.contact.surroundings import Surroundings
from actors.messages import AttemptEnded, Conclude, Index, Start
from actors.restart import RestartingActor, Supervisor
from actors.settings import CampaignSettings
from runtime.calls import E164
from runtime.contacts import FedRow
from runtime.observe.events import CampaignFinished
from runtime.observe.observer import Observer


class Campaign(RestartingActor):
    """One campaign: who is in its book, who is called, what its feed brings, how it ends.

    With `keeps` the journal hears of rows, cancellations and ends before
    anybody else; `finished` is told the campaign's last word.
    """

    def __init__(
        self,
        settings: CampaignSettings,
        source: Iterator[FedRow] | Arrivals | None,
        *,
        pool: ActorRef[Any],
        tenant: ActorRef[Any],
        connections: Mapping[str, ActorRef[Any]],
        journal: ActorRef[Any],
        observer: Observer,
        supervisor: Supervisor,
        spell: Callable[[E164], tuple[str, str | None]],
        run: str,
        finished: Callable[[CampaignFinished], None],
        keeps: bool = False,
        digest: Callable[[], str | None] = lambda: None,
        earlier: EarlierLife | None = None,
        ahead: int | None = None,
        partitions: ActorRef[Any] | None = None,
    ) -> None:
        super().__init__()
        self.name = settings.name
        self.settings = settings
        self.supervisor = supervisor
        self.observer = observer
        self.pool = pool
        self.journal = journal
        self.keeps = keeps
        self.digest = digest
        self.run = run
        self.when_finished = finished
        self.book = ContactBook()
        self.feed = Feed(source, keep_open=settings.keep_open, ahead=ahead)
        self.sharing = None if partitions is None else Sharing(partitions, self.name, self.book, digest)
        """Where other daemons dial the campaign's contacts too."""
        self.taking_over = None if earlier is None else TakingOver(earlier)
        self.calls = CallsInProgress()
        self.around = Surroundings(
            settings,
            self.actor_ref,
            pool,
            tenant,
            connections,
            journal,
            observer,
            spell,
            self.calls,
            supervisor,
        )
        self.live: dict[Index, ActorRef[Any]] = {}
        """The actors of those who are in an attempt."""
        self.elsewhere: dict[Index, tuple[tuple[E164, ...], AttemptEnded]] = {}
        """Who waits for another number: all that were tried, and the last attempt's end."""
        self.started = 0
        """How many contacts were started: their calls are named by it."""
        self.activated: Start | None = None
        """The last order to start a contact that was carried out."""
        self.rejected = 0
        self.unfinished = 0
        self.began_at: float | None = None
        self.canceled = False
        """Whether nobody is called any more: canceled by the application, or stalled."""
        self.stalled = False
        self.swept = False
        """Whether the journal knows that everybody who waits is canceled."""
        self.done = False
        self.last_word: Conclude | None = None
        self.concluded = False
