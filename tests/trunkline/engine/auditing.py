"""Audit a whole run from its events alone."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

from runtime.observe.events import Event

Log = list[tuple[float, Event]]


def audit(log: Log, tables: dict[str, Any]) -> None:
    """Check a whole run's log against its tables; raises AssertionError."""
    limits: dict[tuple[str, str], int] = {}
    rates: dict[str, int] = {}
    campaigns = [row["name"] for row in tables["campaigns"]]
    for kind in ("tenants", "connections", "campaigns", "numbers"):
        for row in tables[kind]:
            if "max_concurrent" in row:
                limits[kind, row.get("name") or row["number"]] = row["max_concurrent"]
            if "max_calls_per_second" in row:
                rates[row["name"]] = row["max_calls_per_second"]
    in_use: Counter[tuple[str, str]] = Counter()
    open_calls: dict[str, tuple[Any, list[tuple[str, str]]]] = {}
    seen: set[str] = set()
    talking: set[tuple[str, str]] = set()
    attempts: Counter[tuple[str, str]] = Counter()
    barred: set[str] = set()
    left: set[tuple[str, str]] = set()
    dead: set[str] = set()
    sticky: dict[tuple[str, str], str] = {}
    over: dict[tuple[str, str], str] = {}
    rejected: Counter[str] = Counter()
    placed: dict[str, deque[float]] = {}
    for at, event in log:
        e: Any = event
        name = e.event
        if name == "dispatch.granted":
            who = (e.campaign, e.contact)
            assert e.call not in seen, f"{e.call} granted twice"
            seen.add(e.call)
            assert e.number not in barred, f"{e.number} dialed at {at} though barred"
            assert (e.campaign, e.number) not in left, f"{e.number} dialed at {at} though removed"
            assert e.campaign not in dead, f"{e.campaign} dialed at {at} though paused or canceled"
            assert who not in over, f"{who} dialed after its end"
            assert (e.tenant, e.to) not in talking, f"{e.to} called twice at once"
            talking.add((e.tenant, e.to))
            attempts[who] += 1
            assert e.attempt == attempts[who], (e.attempt, attempts[who])
            assert sticky.get(who, e.number) == e.number or e.tier != "sticky"
            if who in sticky and e.spilled is None:
                assert e.number == sticky[who], f"{who} left its sticky number"
            keys = [
                ("tenants", e.tenant),
                ("connections", e.connection),
                ("campaigns", e.campaign),
                ("numbers", e.number),
            ]
            for key in keys:
                in_use[key] += 1
                assert in_use[key] <= limits.get(key, 10**9), f"{key} at {in_use[key]} at {at}"
            if e.connection in rates:
                window = placed.setdefault(e.connection, deque())
                while window and at - window[0] >= 1.0:
                    window.popleft()
                window.append(at)
                assert len(window) <= rates[e.connection], f"{e.connection} too fast at {at}"
            open_calls[e.call] = (e, keys)
        elif name == "call.ended":
            grant, keys = open_calls.pop(e.call)
            talking.discard((grant.tenant, grant.to))
            for key in keys:
                in_use[key] -= 1
        elif name == "connection.limit_changed":
            limits["connections", e.connection] = e.limit
        elif name == "tenant.cap_changed":
            limits["tenants", e.tenant] = e.limit
        elif name in ("number.flagged", "number.paused"):
            barred.add(e.number)
        elif name in ("number.unflagged", "number.resumed"):
            barred.discard(e.number)
        elif name == "number.removed":
            left |= {(one, e.number) for one in campaigns if e.campaign in (None, one)}
        elif name == "number.added":
            left -= {(one, e.number) for one in campaigns if e.campaign in (None, one)}
        elif name in ("campaign.paused", "campaign.canceled") and e.by != "breaker":
            dead.add(e.campaign)
        elif name == "campaign.resumed":
            dead.discard(e.campaign)
        elif name == "contact.sticky_set":
            sticky[e.campaign, e.contact] = e.number
        elif name == "contact.sticky_lost":
            sticky.pop((e.campaign, e.contact), None)
        elif name == "contact.rejected":
            rejected[e.campaign] += 1
        elif name == "contact.finished":
            who = (e.campaign, e.contact)
            assert who not in over, f"{who} ended twice"
            over[who] = e.result
            assert e.attempts == attempts[who]
        elif name == "campaign.finished":
            results = Counter(result for (one, _), result in over.items() if one == e.campaign)
            assert results == +Counter(
                reached=e.reached, exhausted=e.exhausted, canceled=e.canceled, stalled=e.stalled
            )
            assert e.rejected == rejected[e.campaign]
            assert e.rows == sum(results.values()) + e.rejected
        assert name != "actor.crashed", e
    assert not open_calls, f"never ended: {sorted(open_calls)}"
