"""A contact whose end is being written down while its partition goes to another daemon."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from actors.campaign.book import ContactBook, Standing
from actors.campaign.finishing import finish
from actors.campaign.lost_partitions import dropped, give_up
from actors.campaign.settling import finish_written
from actors.campaign.sharing import Sharing
from actors.messages import FinishContact, Index
from actors.partitions.messages import Left
from runtime.contacts import NewContact
from runtime.observe.events import ContactFinished, Event

WHO = Index(0)


class Ears:
    """An address that keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def tell(self, message: Any) -> None:
        self.heard.append(message)


def campaign_of_one() -> Any:
    """Give a campaign's state with one contact that waits, as far as its end needs it."""
    book, partitions = ContactBook(), Ears()
    sharing = Sharing(partitions, "spring", book, lambda: None)  # type: ignore[arg-type]  # told, no more
    sharing.add(NewContact(1, "ann", "+12125550100", "US", (), None, (), (), ()))  # type: ignore[arg-type]  # a phone
    sharing.here.add(sharing.partition(WHO))
    sharing.open[sharing.partition(WHO)] = 1
    book.set_standing(WHO, Standing.WAITING)
    told: list[Event] = []
    return SimpleNamespace(
        name="spring",
        settings=SimpleNamespace(tenant="acme"),
        keeps=True,
        book=book,
        sharing=sharing,
        partitions=partitions,
        journal=Ears(),
        pool=Ears(),
        actor_ref=Ears(),
        live={},
        elsewhere={},
        unfinished=1,
        observer=SimpleNamespace(spares=lambda kind: False, emit=told.append),
        told=told,
    )


def test_its_partition_stays_until_its_end_is_told() -> None:
    campaign = campaign_of_one()
    sharing = campaign.sharing
    partition = frozenset((sharing.partition(WHO),))

    finish(campaign, WHO, Standing.EXHAUSTED)
    give_up(campaign, sharing, partition)
    dropped(campaign, sharing, partition)
    assert campaign.partitions.heard == []
    (record,) = campaign.journal.heard
    assert record.then == FinishContact(WHO, "exhausted")
    finish_written(campaign, sharing, WHO, Standing.EXHAUSTED)

    (line,) = campaign.told
    assert isinstance(line, ContactFinished)
    assert (line.contact, line.result) == ("ann", "exhausted")
    assert campaign.partitions.heard == [Left("spring", partition)]
