"""The same seed, the same calls: whatever the order, the number or the process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

from runtime.calls import E164, Outcome
from runtime.carriers import SimulatedLine
from tests.runtime.carriers.laboratory import Laboratory

Story = dict[int, tuple[Outcome | None, str | None, float, float]]


def story(lab: Laboratory, line: SimulatedLine, indices: Iterable[int], **fields: Any) -> Story:
    """Place calls and give what became of each, hung up after an hour at most."""
    prefix = fields.pop("prefix", "call")
    calls = {index: lab.place(line, index, call=f"{prefix}-{index}", **fields) for index in indices}
    lab.run(100_000)
    for call in line.calls_up():
        line.hang_up(call)
    lab.run()
    ends = {index: lab.end(call) for index, call in calls.items()}
    return {
        index: (end.outcome, end.cause, round(end.ring_seconds or 0, 6), round(end.talk_seconds or 0, 6))
        for index, end in ends.items()
    }


def test_the_same_seed_tells_the_same_story(lab: Laboratory) -> None:
    again = type(lab)()
    assert story(lab, lab.line(seed="s"), range(200)) == story(again, again.line(seed="s"), range(200))


def test_another_seed_tells_another_story(lab: Laboratory) -> None:
    again = type(lab)()
    assert story(lab, lab.line(seed=1), range(200)) != story(again, again.line(seed=2), range(200))


def test_a_call_goes_alike_whatever_the_order_of_the_calls(lab: Laboratory) -> None:
    again = type(lab)()
    forwards = story(lab, lab.line(), range(200))
    backwards = story(again, again.line(), reversed(range(200)))
    assert forwards == backwards


def test_a_call_goes_alike_from_whatever_number(lab: Laboratory) -> None:
    one = story(lab, lab.line(), range(200), prefix="one")
    two = story(lab, lab.line(), range(200), prefix="two", number=E164("+442071838750"), connection="west")
    assert one == two


def test_the_next_attempt_and_another_campaign_are_other_calls(lab: Laboratory) -> None:
    first = story(lab, lab.line(), range(200), prefix="first")
    second = story(lab, lab.line(), range(200), prefix="second", attempt=2)
    autumn = story(lab, lab.line(), range(200), prefix="autumn", campaign="autumn")
    assert first != second
    assert first != autumn


RUN = """
import trio
from runtime.carriers import SimulatedLine, SimulatedOptions
from runtime.kernel import ActorSystem, VirtualClock
from tests.runtime.carriers.laboratory import Laboratory

async def main():
    async with ActorSystem(clock=VirtualClock()) as system:
        faults = SimulatedOptions(lose_events=0.1, late_events=0.1, duplicate_events=0.1, real_limit=60)
        line = SimulatedLine(system, seed=7, options=faults)
        def report(event):
            print(system.clock.time(), event)
        for index in range(100):
            line.place(Laboratory().request(index), report)
        await system.until_idle()
        print(line.statistics())

trio.run(main)
"""


def test_an_actor_system_hears_the_same_to_the_byte_in_a_process_with_another_hash_seed() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", RUN],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert said.pop().count("CallEvent") > 100
