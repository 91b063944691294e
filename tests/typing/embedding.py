"""What embedders write, type-checked and never run: a public type that changes fails the linters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import assert_type

from trunkline import (
    ActorSystem,
    Breakdown,
    CallEvent,
    CallProgress,
    CallRequest,
    CallResult,
    Carrier,
    Config,
    ConfigError,
    Contact,
    ContactRefused,
    Engine,
    Outcome,
    RunResult,
    TrunklineError,
)


class OwnCarrier:
    """A carrier of one's own needs no base class."""

    async def place(self, request: CallRequest, report: Callable[[CallEvent], None]) -> None:
        assert_type(request.max_ring_seconds, float)
        assert_type(request.recording, bool)
        report(CallEvent(request.call, CallProgress.ENDED, Outcome.BUSY))

    async def hang_up(self, call: str) -> None: ...


def any_carrier(carrier: Carrier) -> Carrier:
    return carrier


async def in_trio(path: Path) -> RunResult:
    config = Config.load(path)
    async with Engine(config, carriers={"own": any_carrier(OwnCarrier())}, seed=1) as engine:
        assert_type(await engine.add_contacts("spring", [Contact("+442071838750"), {"phone": "1"}]), int)
        assert_type(await engine.breakdown("spring"), Breakdown)
        assert_type(await engine.set_disposition("spring", "bob", "sold"), bool)
        assert_type(await engine.why("spring", "bob"), str)
        await engine.flag("+442071838750", reason="labelled")
        await engine.set_tenant_cap("acme", 3)
        async for result in engine.results():
            assert_type(result, CallResult)
            assert_type(result.outcome, str)
        async for event in engine.events():
            assert_type(event.tenant, str | None)
        closed = await engine.close(drain=5.0)
        assert_type(closed, RunResult)
        assert_type(closed.stalled, dict[str, str])
        return await engine.finished


def in_a_thread(config: Config) -> RunResult:
    with ActorSystem.in_thread() as system:
        engine = Engine(config, system=system)
        engine.start().get(timeout=10)
        result: RunResult = engine.close(drain=5.0).get(timeout=20)
        return result


def errors(error: TrunklineError) -> str:
    if isinstance(error, ConfigError):
        return "\n".join(problem.render() for problem in error.problems)
    if isinstance(error, ContactRefused):
        return assert_type(error.reason, str)
    return str(error)
