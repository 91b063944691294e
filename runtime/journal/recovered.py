"""What a journal knows when it is opened again: all that a resume needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from runtime.calls import E164, CallId
from runtime.journal.entries import Change, Intent
from runtime.observe.events import CampaignFinished


class ContactState(msgspec.Struct, frozen=True, gc=False):
    """How far a contact has come that has been called, or has ended.

    `due` and `kind` are of its next attempt; with `elsewhere` that one is
    tried at once from another number of `tier` than the `excluded` ones,
    and where there is none, `due` or `otherwise` holds. `result` is None
    while it is open, `call` its attempt in doubt.
    """

    attempts: int = 0
    carrier_failures: int = 0
    reached: bool = False
    sticky: E164 | None = None
    due: float | None = None
    kind: int = 1
    elsewhere: bool = False
    excluded: tuple[E164, ...] = ()
    tier: str | None = None
    result: str | None = None
    otherwise: str | None = None
    call: CallId | None = None


class CampaignState(msgspec.Struct, frozen=True):
    """How far a campaign has come.

    `contacts` holds those that were called or have ended, by index;
    `file_rows` counts the rows taken from the file, whose records have the
    digest `digest`. Those who waited in a canceled campaign are finished when
    it was `swept`. `done` is its last word.
    """

    taken: int
    rejected: int
    file_rows: int
    digest: str | None
    complete: bool
    begun_at: float | None
    placed: int
    swept: bool
    done: CampaignFinished | None
    contacts: Mapping[int, ContactState]


class Recovered(msgspec.Struct, frozen=True):
    """The state that a journal holds after its last entry.

    `results` are each campaign's and number's outcomes in order, one byte
    each: the outcome's place in `runtime.calls.Outcome`. `dialed_at` are the
    times of each number's last intents that were not voided, of two days.
    `started_at` is when the first life began. `in_doubt` are the intents
    without an end, in order; `seconds_left` says of those whose machine
    hasn't been booted since how long they may last yet. `acknowledged` are
    positions by reader.
    """

    run: str
    life: int
    seed: int
    key: str
    fingerprint: str
    settings: Mapping[str, Any]
    started_at: float
    changes: tuple[Change, ...]
    position: int
    last_at: float
    campaigns: Mapping[str, CampaignState]
    results: Mapping[tuple[str, E164], bytes]
    dialed_at: Mapping[E164, tuple[float, ...]]
    in_doubt: tuple[Intent, ...]
    seconds_left: Mapping[CallId, float]
    acknowledged: Mapping[str, int]
