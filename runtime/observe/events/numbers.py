"""What changes about a number."""

from __future__ import annotations

from typing import ClassVar

from runtime.observe.events.line import Event, Table


class NumberChanged(Event, frozen=True, gc=False, kw_only=True):
    """Fields of every change of a number's state."""

    number: str
    by: str
    reason: str | None = None


class NumberFlagged(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A number is taken for spam; it is not dialed from here on."""

    event: ClassVar[str] = "number.flagged"
    level: ClassVar[str] = "warning"


class NumberUnflagged(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A number is no longer taken for spam."""

    event: ClassVar[str] = "number.unflagged"


class NumberPaused(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A number is not dialed until it is resumed."""

    event: ClassVar[str] = "number.paused"


class NumberResumed(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A paused number may be dialed again."""

    event: ClassVar[str] = "number.resumed"


class NumberResting(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A number rests: it has reached its day cap, or the doctor says so."""

    event: ClassVar[str] = "number.resting"


class NumberRested(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A number has rested; it may be dialed again."""

    event: ClassVar[str] = "number.rested"


class NumberAdded(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A number joined the inventory or a pool."""

    event: ClassVar[str] = "number.added"
    connection: str | None = None
    region: str | None = None
    settings: Table
    connection_settings: Table


class NumberRemoved(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A number left a campaign's pool, or all of them."""

    event: ClassVar[str] = "number.removed"


class NumberWeights(Event, frozen=True, gc=False, kw_only=True):
    """The periodic table of a campaign's answer rates and weights."""

    event: ClassVar[str] = "number.weights"
    numbers: list[Table]
