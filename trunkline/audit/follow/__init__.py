"""What each event changes in what is known of the run; it is asked after the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runtime.observe.events import Event
from trunkline.audit.follow import calls, campaigns, contacts, engine, grants, numbers

FOLLOW: Mapping[type[Event], Callable[[Any], None]] = {
    **grants.FOLLOW,
    **calls.FOLLOW,
    **contacts.FOLLOW,
    **campaigns.FOLLOW,
    **numbers.FOLLOW,
    **engine.FOLLOW,
}
"""By the event's type; its scene is handed in."""
