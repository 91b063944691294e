"""Take a run's events one by one, and ask every rule about each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import inf
from typing import Any, NamedTuple

import msgspec

from runtime.errors import LogNotAudited
from runtime.observe import events
from runtime.observe.events import Event
from trunkline.audit.firsts import Firsts
from trunkline.audit.follow import FOLLOW
from trunkline.audit.report import OpenCall, Report, Violation, shown_line
from trunkline.audit.rule import Check
from trunkline.audit.run import Run, Suspect
from trunkline.audit.scenes import (
    OutOfPlace,
    Scene,
    call_scene,
    campaign_scene,
    contact_scene,
    grant_scene,
)
from trunkline.audit.table import RULES

SCENES: dict[type[Event], Callable[..., Scene[Any] | OutOfPlace]] = {
    events.DispatchGranted: grant_scene,
    **dict.fromkeys(
        (events.CallRinging, events.CallAnswered, events.CallEnded, events.CallOverdue), call_scene
    ),
    **dict.fromkeys(
        (events.ContactStickySet, events.ContactStickyLost, events.ContactFinished), contact_scene
    ),
    **dict.fromkeys(
        (
            events.CampaignPaused,
            events.CampaignResumed,
            events.CampaignCanceled,
            events.CampaignStalled,
            events.CampaignFinished,
            events.PoolCapacity,
        ),
        campaign_scene,
    ),
}
"""How to look up what an event concerns; the others concern the run as a whole."""

MOST_SUSPECTS = 64

MIDDLE = (
    "the log begins in the middle of a run, or holds only warnings and errors; it can be audited "
    "from engine.started on, with all its parts, logged at info or debug"
)


SHARED = (
    "other daemons dialed this campaign too, so its contacts' calls stand in several logs: judge all of"
    " them together, with --fleet"
)


class Step(NamedTuple):
    """What is done with one type of event."""

    look_up: Callable[..., Scene[Any] | OutOfPlace]
    checks: tuple[tuple[str, Check], ...]
    timeless: tuple[tuple[str, Check], ...]
    """Those that are asked of a grant that a crash had kept out of the log."""
    follow: Callable[[Any], None] | None


class Audit:
    """Follow a run and collect what breaks a rule.

    Events come in the order of the log. Memory is constant for each call in
    progress and some fifty bytes a contact. `most` is how many violations of
    each rule are kept whole, and how many that follow from others; all are
    counted. With `complete` the log has to
    end with engine.stopped; else calls in progress at its end are reported
    as such.
    """

    def __init__(self, *, most: int = 10, complete: bool = False) -> None:
        self._most = most
        self._complete = complete
        self._steps = _steps()
        self._counts: Counter[str] = Counter()
        self._told: Counter[tuple[str, bool]] = Counter()
        self._kept: list[Violation] = []
        self._firsts = Firsts()
        self._notes: Counter[str] = Counter()
        self._run: Run | None = None
        self._runs = self._lines = self._calls = self._contacts = 0
        self._time = -inf

    def feed(self, line: int, time: float, event: Event, text: str | bytes | None = None) -> None:
        """Take the next event: its line's number, its time in seconds since the epoch.

        `text` is the line as it was read, for the report. Raises LogNotAudited
        where the log begins in the middle of a run, or a table can't be read.
        """
        self._lines += 1
        kind = type(event)
        if isinstance(event, events.EngineStarted):
            self._begin(line, event.run)
        run = self._run
        if run is None:
            raise LogNotAudited(MIDDLE, line=line)
        if isinstance(event, events.CampaignFinished) and event.fleet is not None:
            raise LogNotAudited(SHARED, line=line)
        if isinstance(event, events.EngineRecovered):
            if event.run != run.id:
                reason = f"run {event.run} goes on, but the log before it is that of {run.id}"
                raise LogNotAudited(reason, line=line)
            run.resume(self._time, time)
        elif time < self._time:
            said = shown_line(time, event, text)
            self._report("log.time", line, said, "a time no earlier than the last", event)
        self._time = time
        if run.suspects:
            self._clear_suspects(run, time)
        step = self._steps.get(kind)
        if step is not None:
            self._take(step, run, line, time, event, text)

    def finish(self) -> Report:
        """Say what was found; the audit is over."""
        run = self._run
        stopped = run is not None and run.stopped
        if run is not None:
            self._clear_suspects(run, inf)
            self._end(run)
        if self._complete and not stopped:
            self._report("log.complete", self._lines, "", "engine.stopped in the last line")
        calls = [] if run is None else list(run.calls.values())
        if self._complete:
            for call in calls:
                if not stopped:
                    expected = f"an end of {call.id}, which this line grants"
                    self._report("call.end", call.line, "", expected, call=call.id)
        self._kept.sort(key=lambda one: one.line)
        return Report(
            lines=self._lines,
            runs=self._runs,
            calls=self._calls,
            contacts=self._contacts,
            complete=stopped,
            counts=dict(sorted(self._counts.items())),
            violations=self._kept,
            open_calls=[OpenCall(call.id, call.line) for call in calls],
            notes=[f"{note} ({count} times)" if count > 1 else note for note, count in self._notes.items()],
            follow_ups=self._firsts.follow_ups,
        )

    def _begin(self, line: int, name: str) -> None:
        run = self._run
        if run is not None:
            self._clear_suspects(run, inf)
            self._end(run)
            if not run.stopped:
                self._notes[f"a run breaks off before line {line}; {len(run.calls)} calls were open"] += 1
        self._runs += 1
        self._run = Run(name)
        self._time = -inf

    def _end(self, run: Run) -> None:
        self._calls += run.granted
        self._contacts += len(run.contacts)

    def _take(
        self, step: Step, run: Run, line: int, time: float, event: Event, text: str | bytes | None
    ) -> None:
        scene = step.look_up(run, line, time, event, text)
        if isinstance(scene, OutOfPlace):
            self._report(scene.rule, line, shown_line(time, event, text), scene.expected, event)
            return
        try:
            late = event.recovered and type(event) is events.DispatchGranted
            for rule, check in step.timeless if late else step.checks:
                expected = check(scene)
                if expected is not None:
                    self._report(rule, line, shown_line(time, event, text), expected, event)
            if step.follow is not None:
                step.follow(scene)
        except msgspec.ValidationError as error:
            raise LogNotAudited(f"{event.event}: {error}", line=line) from error

    def _report(
        self,
        rule: str,
        line: int,
        text: str,
        expected: str,
        event: Event | None = None,
        call: str | None = None,
    ) -> None:
        self._counts[rule] += 1
        cause = self._firsts.cause_of(rule, line, event, call)
        kind = rule, cause is None
        self._told[kind] += 1
        if self._told[kind] <= self._most:
            self._kept.append(Violation(rule, line, text, expected, cause))

    def _clear_suspects(self, run: Run, now: float) -> None:
        """Let go of those that a later line has explained; report those that none has."""
        left: list[Suspect] = []
        for suspect in run.suspects:
            if suspect.holds():
                continue
            if now <= suspect.until and len(left) < MOST_SUSPECTS:
                left.append(suspect)
            elif now < inf or not suspect.lapses:
                self._report(suspect.rule, suspect.line, suspect.text, suspect.expected, suspect.event)
        run.suspects = left


def _steps() -> dict[type[Event], Step]:
    steps = {}
    for kind in dict.fromkeys((*SCENES, *FOLLOW, *(kind for rule in RULES for kind in rule.checks))):
        asked = tuple((rule, rule.checks[kind]) for rule in RULES if kind in rule.checks)
        steps[kind] = Step(
            SCENES.get(kind, Scene),
            tuple((rule.name, check) for rule, check in asked),
            tuple((rule.name, check) for rule, check in asked if rule.timeless),
            FOLLOW.get(kind),
        )
    return steps
