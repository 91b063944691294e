"""What an operator or the application changes while a run goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any, TypeAlias

import msgspec
from pykka import ActorRef

from actors.messages import (
    AddContacts,
    AddNumber,
    ChangeCampaign,
    ChangeNumber,
    CloseFeed,
    Propose,
    RemoveNumber,
    SetLimit,
    TellDisposition,
)
from actors.settings import NumberSettings
from runtime.calls import E164
from runtime.errors import ContactRefused, EngineClosed, UnknownName
from runtime.journal.base import Record
from runtime.journal.entries import CampaignChange, Change, LimitChange, NumberChange
from runtime.kernel import TrioFuture
from trunkline.contact import Contact
from trunkline.contacts.feed import fed_row
from trunkline.running.roster import Roster

Proposed: TypeAlias = ChangeNumber | RemoveNumber | AddNumber | ChangeCampaign


class Changes:
    """Has changes made, each once it is durable where a journal is kept.

    `by` is who asks for it, as the log will say. The futures resolve when a
    change is in force. Raises UnknownName for what the run doesn't know.
    """

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._added: dict[str, int] = {}
        self._adding = Lock()

    def flag(self, number: str, *, by: str = "api", reason: str | None = None) -> TrioFuture[None]:
        """Take a number for spam: when this resolves, no gate lets it through."""
        return self._change_number("flagged", number, by, reason)

    def unflag(self, number: str, *, by: str = "api", reason: str | None = None) -> TrioFuture[None]:
        """Take a number for spam no longer."""
        return self._change_number("unflagged", number, by, reason)

    def pause_number(self, number: str, *, by: str = "api", reason: str | None = None) -> TrioFuture[None]:
        """Dial from a number no more until it is resumed."""
        return self._change_number("paused", number, by, reason)

    def resume_number(self, number: str, *, by: str = "api", reason: str | None = None) -> TrioFuture[None]:
        """Dial from a paused number again."""
        return self._change_number("resumed", number, by, reason)

    def remove_number(
        self, number: str, *, campaign: str | None = None, by: str = "api", reason: str | None = None
    ) -> TrioFuture[None]:
        """Take a number out of a campaign's pool, or out of the inventory."""
        done: TrioFuture[None] = TrioFuture()
        self._change(
            NumberChange("removed", E164(number), by, reason, () if campaign is None else (campaign,)),
            self._roster.pool_of_number(number),
            RemoveNumber(E164(number), campaign, by, reason, done),
        )
        return done

    def add_number(
        self,
        number: NumberSettings,
        *,
        campaigns: tuple[str, ...],
        by: str = "api",
        reason: str | None = None,
    ) -> TrioFuture[None]:
        """Add a number to the inventory and to campaigns' pools."""
        done: TrioFuture[None] = TrioFuture()
        self._roster.number_tenants[number.number] = number.tenant
        self._change(
            NumberChange("added", number.number, by, reason, campaigns, msgspec.to_builtins(number)),
            self._roster.pool(number.tenant),
            AddNumber(number, campaigns, by, reason, done),
        )
        return done

    def pause(self, campaign: str, *, by: str = "api", reason: str | None = None) -> TrioFuture[None]:
        """Offer nothing for a campaign until it is resumed."""
        return self._change_campaign("paused", campaign, by, reason)

    def resume(self, campaign: str, *, by: str = "api", reason: str | None = None) -> TrioFuture[None]:
        """Offer for a paused campaign again."""
        return self._change_campaign("resumed", campaign, by, reason)

    def cancel(self, campaign: str, *, by: str = "api", reason: str | None = None) -> TrioFuture[None]:
        """Dial nobody of a campaign any more; calls in progress go on."""
        return self._change_campaign("canceled", campaign, by, reason)

    def set_connection_limit(
        self, connection: str, limit: int, *, by: str = "api", reason: str | None = None
    ) -> TrioFuture[None]:
        """Change a connection's limit; a lowered one drains."""
        done: TrioFuture[None] = TrioFuture()
        self._limit(
            LimitChange(limit, by, reason, connection=connection),
            self._roster.connection(connection),
            SetLimit(limit, by, reason, done),
        )
        return done

    def set_tenant_cap(
        self, tenant: str, limit: int, *, by: str = "api", reason: str | None = None
    ) -> TrioFuture[None]:
        """Change a tenant's cap; a lowered one drains."""
        done: TrioFuture[None] = TrioFuture()
        self._limit(
            LimitChange(limit, by, reason, tenant=tenant),
            self._roster.tenant(tenant),
            SetLimit(limit, by, reason, done),
        )
        return done

    def add_contacts(self, campaign: str, contacts: Sequence[Contact | Mapping[str, str]]) -> TrioFuture[int]:
        """Add contacts to an open campaign, as objects or as rows by column name.

        Raises ContactRefused, before any is added, for the first that can't be
        dialed or has an id or phone that the campaign knows. Resolves to how
        many were added; in real time only when fewer than ten thousand are
        unfinished, so that who waits for it never adds faster than is dialed.
        """
        if self._roster.closing:
            raise EngineClosed("the engine is closing")
        settings = self._roster.settings_of(campaign)
        running = self._roster.running(campaign)
        done: TrioFuture[int] = TrioFuture()
        batch = [contact.fields() if isinstance(contact, Contact) else contact for contact in contacts]
        with self._adding:  # rows are numbered and told in one order, whatever the threads
            before = self._added.get(campaign, 0)
            taken = self._roster.intakes[campaign].take_all(before + 1, batch)
            if isinstance(taken, tuple):
                place, row = taken
                who = batch[place].get("id") or batch[place].get("phone", "")
                raise ContactRefused(who, f"{row.reason.value}: {row.detail}")
            self._added[campaign] = before + len(taken)
            running.tell(AddContacts([fed_row(row, settings) for row in taken], done))
        return done

    def close_campaign(self, campaign: str) -> None:
        """Expect no more contacts for a campaign that was kept open."""
        self._roster.running(campaign).tell(CloseFeed())

    def set_disposition(self, campaign: str, contact: str, disposition: str) -> TrioFuture[bool]:
        """Say what a contact's answered call came to; False once it has ended."""
        if disposition not in self._roster.settings_of(campaign).dispositions:
            raise UnknownName("disposition", disposition)
        done: TrioFuture[bool] = TrioFuture()
        self._roster.running(campaign).tell(TellDisposition(contact, disposition, done))
        return done

    def _change_number(self, what: str, number: str, by: str, reason: str | None) -> TrioFuture[None]:
        done: TrioFuture[None] = TrioFuture()
        self._change(
            NumberChange(what, E164(number), by, reason),
            self._roster.pool_of_number(number),
            ChangeNumber(what, E164(number), by, reason, done),
        )
        return done

    def _change_campaign(self, what: str, campaign: str, by: str, reason: str | None) -> TrioFuture[None]:
        done: TrioFuture[None] = TrioFuture()
        self._change(
            CampaignChange(what, campaign, by, reason),
            self._roster.pool_of_campaign(campaign),
            ChangeCampaign(what, campaign, by, reason, done),
        )
        return done

    def _change(self, entry: Change, pool: ActorRef[Any], change: Proposed) -> None:
        """Have a pool make a change, once it is durable where a journal is kept."""
        journal = self._roster.journal
        pool.tell(change if journal is None else Propose(entry, journal, change))

    def _limit(self, entry: Change, ref: ActorRef[Any], change: SetLimit) -> None:
        """Have a limit changed: whoever owns one takes any."""
        if self._roster.journal is not None:
            self._roster.journal.tell(Record(entry, ref, change))
        else:
            ref.tell(change)
