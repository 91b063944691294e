"""A rule, the run to break it in, and how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.trunkline.audit.conftest import Entries
from tests.trunkline.audit.editing import TENANT


class Mutant(NamedTuple):
    """A rule, the run to break it in, and how."""

    rule: str
    run: str
    mutate: Callable[[Entries], Entries]
    name: str = ""


CHANGED: dict[str, Any] = {"tenant": TENANT, "campaign": "spring", "by": "test"}
