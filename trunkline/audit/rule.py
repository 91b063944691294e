"""What a rule is: a name, a sentence, and a check for each event that it looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from runtime.observe.events import Event

Check = Callable[[Any], str | None]
"""Look at a scene; return what was expected where the rule is broken, else None."""


class Rule(NamedTuple):
    """One rule that a run must keep.

    `checks` are asked before the event changes what is known. One that is
    `timeless` holds also of a line that was added after a crash, and so
    stands later than what it tells of.
    """

    name: str
    sentence: str
    checks: Mapping[type[Event], Check]
    timeless: bool = False
