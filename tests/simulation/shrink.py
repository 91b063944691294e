"""Make a failing plan small: fewer contacts, actions, faults and crashes that still fail.

python -m tests.simulation.shrink 4711 corpus/name.json
python -m tests.simulation.shrink 33 corpus/name.json "a wake-up is lost: a phone is free"
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tests.simulation.drawing import draw_plan
from tests.simulation.mutants import MUTANTS
from tests.simulation.plan import Disk, Faults, Plan
from tests.simulation.violations import Violation
from tests.simulation.world import World

_replace = msgspec.structs.replace


def broken(plan: Plan) -> str | None:
    """Name what a plan breaks, an invariant or a rule of the audit; None if it breaks nothing."""
    try:
        World(plan).run()
    except Violation as violation:
        if violation.invariant == 0:
            return violation.text.partition(":")[0]
        return f"invariant {violation.invariant}"
    except Exception as error:
        return type(error).__name__
    return None


def shrink(plan: Plan) -> Plan:
    """Drop whatever isn't needed to break the same; greedy, to a fixed point."""
    fault = broken(plan)
    if fault is None:
        raise ValueError("this plan breaks nothing")
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(plan):
            if broken(candidate) == fault:
                plan, smaller = candidate, True
                break
    return plan


def _smaller(plan: Plan) -> Iterator[Plan]:
    for share in (2, 4, 8):
        for name, rows in plan.contacts.items():
            cut = len(rows) // share
            if cut:
                yield _replace(plan, contacts={**plan.contacts, name: rows[:-cut]})
                yield _replace(plan, contacts={**plan.contacts, name: rows[cut:]})
    for what in ("actions", "crashes"):
        kept = getattr(plan, what)
        for size in (len(kept), len(kept) // 2, 1):
            for start in range(0, len(kept), size) if size else ():
                yield _replace(plan, **{what: kept[:start] + kept[start + size :]})
    yield from _without_a_campaign(plan)
    for what, nothing in (("faults", Faults()), ("disk", Disk())):
        now = getattr(plan, what)
        for field in nothing.__struct_fields__:
            default = getattr(nothing, field)
            if getattr(now, field) != default:
                yield _replace(plan, **{what: _replace(now, **{field: default})})


def _without_a_campaign(plan: Plan) -> Iterator[Plan]:
    for campaign in plan.tables["campaigns"] if len(plan.contacts) > 1 else ():
        name = campaign["name"]
        yield _replace(
            plan,
            tables={**plan.tables, "campaigns": [one for one in plan.tables["campaigns"] if one != campaign]},
            contacts={other: rows for other, rows in plan.contacts.items() if other != name},
            actions=tuple(one for one in plan.actions if name not in (one.name, one.campaign)),
        )


def main(seed: str, path: str, mutant: str | None = None) -> None:
    """Shrink a seed's plan, with a mutant at work if one is named, into a file."""
    if mutant is not None:
        next(one for one in MUTANTS if one.name == mutant).apply()
    plan = shrink(draw_plan(int(seed)))
    Path(path).write_bytes(msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
