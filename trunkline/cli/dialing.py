"""Run a configuration from the command line, in real or in virtual time."""

from __future__ import annotations

import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import msgspec
import trio

from runtime.errors import ConfigError
from runtime.journal.sqlite import SqliteJournal
from runtime.observe.events import Event
from runtime.observe.log import EventLog, LogLevel
from runtime.observe.log_file import LogFile
from runtime.observe.observer import Sink
from runtime.observe.renderers import ConsoleRenderer, JsonRenderer
from trunkline.cli.checking import QuietPipe
from trunkline.cli.exits import Exit
from trunkline.cli.journaling import JournalPlan, lines_to_add, open_journal
from trunkline.cli.outputs import Outputs
from trunkline.cli.progress import show_progress
from trunkline.cli.signals import Signals
from trunkline.cli.tables import print_summary, threshold_line
from trunkline.config import Config
from trunkline.config.problems import Problem
from trunkline.contacts import check_file
from trunkline.engine import Engine, RunResult, versions
from trunkline.garbage import rare_collections
from trunkline.history import NewEventsOnly, history
from trunkline.lives import Daemon, restarts, simulation
from trunkline.report import Timeline
from trunkline.summary import Summary, SummaryCollector, summarize
from trunkline.summary.ceiling import CeilingWatch
from trunkline.summary.paths import figures
from trunkline.summary.wording import duration
from trunkline.thresholds import judge
from trunkline.thresholds.watch import ThresholdWatch


def dial(
    config: Config,
    *,
    source: str,
    virtual: bool,
    as_json: bool,
    seed: int | None,
    repeat: Callable[[int], str],
    plan: JournalPlan | None = None,
) -> Exit:
    """Run to the end, write and print the summary, and say how it went.

    Raises ContactsError or ConfigError before anything starts where a
    contacts file can't be read or an output can't be written, JournalError
    where the journal can't be dialed by; `source` is the configuration's
    file, `repeat` gives the command that runs the same again.
    """
    run = config.run
    if not virtual and restarts(config):
        what = "daemon_crashes and daemon_restarts happen to a simulated daemon only: use trunkline simulate"
        raise ConfigError([Problem(what, "scenario.events", source)])
    contacts = [one.path for one in config.contacts.values() if one is not None and one.path is not None]
    journal_file = None if plan is None else plan.path
    outputs = Outputs(run, [Path(source), *contacts], journal=journal_file, as_json=as_json)
    rows = _check_contacts(config)
    collector, ceiling = SummaryCollector(), CeilingWatch()
    told: list[SummaryCollector | Timeline] = [collector]
    if outputs.timeline is not None:
        told.append(outputs.timeline)
    with ExitStack() as stack:
        journal: SqliteJournal | None = None
        missing: list[Event] = []
        if plan is not None:
            journal, missing = _open_journal(config, plan, told, stack)
        log = _open_log(config, virtual=virtual, stack=stack)
        signals = stack.enter_context(Signals())
        show = run.progress and not run.quiet and sys.stderr.isatty()
        sinks: list[Sink] = [] if log is None else [log]
        goes_on = journal is not None and journal.recover() is not None
        sinks += [NewEventsOnly(sink) for sink in told] if goes_on else told
        if show:
            sinks.append(ceiling)
        engine: Engine | Daemon
        if virtual:
            engine = simulation(config, seed, tuple(sinks))
        else:
            engine = Engine(
                config,
                seed=seed,
                sinks=tuple(sinks),
                ends_when_stalled=True,
                journal=journal,
                missing_lines=missing,
            )
        watch = ThresholdWatch(config.thresholds, collector, engine.system, engine.close)
        if watch.aborts:
            engine.observer.subscribe(watch)
        bar = partial(show_progress, engine.system.clock, collector, ceiling, rows, virtual=virtual)
        with rare_collections():
            result = trio.run(_dial, engine, bar if show else None, log, signals)
        signals.last_word = True
        if engine.nothing_left:
            print("trunkline: already finished; --fresh starts anew", file=sys.stderr)
        if log is not None:
            log.flush()
        summary = summarize(
            collector,
            run=result.run,
            seed=result.seed,
            reason=result.reason,
            repeat=repeat(result.seed),
            warnings=[
                f"{one.kind} {one.what} at {duration(one.at)} never happened: {one.reason}"
                for one in result.unapplied
            ],
        )
        thresholds = judge(config.thresholds, figures(summary), watch.aborted_at)
        summary = msgspec.structs.replace(summary, thresholds=thresholds)
        failures = outputs.write(summary, collector)
        if not outputs.stdout_taken:
            _print(summary, config, sys.stdout, as_json=as_json)
        elif not run.quiet:
            _print(summary, config, sys.stderr, as_json=False)
        sys.stdout.flush()
        for line in _what_went_wrong(result, summary, failures):
            print(f"trunkline: {line}", file=sys.stderr)
        if signals.received:
            return signals.received[0]
        return Exit.FAILED if failures else _exit_of(result, summary)


def _open_journal(
    config: Config, plan: JournalPlan, told: Sequence[SummaryCollector | Timeline], stack: ExitStack
) -> tuple[SqliteJournal, list[Event]]:
    """Open the journal, and let summary and report know what earlier lives have done."""
    journal = open_journal(plan)
    stack.callback(journal.close)
    recovered = journal.recover()
    missing = lines_to_add(journal, config.run.log_file, accept_loss=plan.accept_loss)
    if recovered is not None:
        for at, event in history(journal, recovered, versions()):
            for sink in told:
                if sink.wants(type(event)):
                    sink(at, event)
    return journal, missing


def _what_went_wrong(result: RunResult, summary: Summary, failures: list[str]) -> Iterator[str]:
    if result.failure is not None:
        yield result.failure
    yield from failures
    for campaign, reason in result.stalled.items():
        yield f"campaign {campaign} stalled: {reason}"
    for one in summary.thresholds:
        if not one.passed:
            yield f"threshold failed: {threshold_line(one)}"


def _exit_of(result: RunResult, summary: Summary) -> Exit:
    held = all(one.passed for one in summary.thresholds)
    match result.reason:
        case "finished":
            return Exit.DONE if held else Exit.STALLED
        case "stalled":
            return Exit.STALLED
        case "closed" if any(one.aborted_at is not None for one in summary.thresholds):
            return Exit.STALLED
        case _:
            return Exit.FAILED


def _check_contacts(config: Config) -> int | None:
    """Decode and split every file first; count rows, None where one is standard input."""
    rows: int | None = 0
    for campaign, file in config.contacts.items():
        if file is None or config.run.campaign not in (None, campaign):
            continue
        if file.path is None:
            rows = None
            continue
        read = check_file(file.path, file.encoding)
        rows = None if rows is None else rows + read
    for file in config.joining_files():
        if file.path is not None:
            check_file(file.path, file.encoding)
    return rows


def _open_log(config: Config, *, virtual: bool, stack: ExitStack) -> EventLog | None:
    run = config.run
    level = LogLevel(run.log_level)
    if run.log_file is None:
        if virtual or run.quiet:
            return None
        stream = sys.stderr
        terminal = stream.isatty()
        color = run.color == "always" or (run.color == "auto" and terminal)
        file = LogFile(stream.buffer, "standard error")
        return EventLog(
            file, level=level, renderer=ConsoleRenderer(color=color) if terminal else JsonRenderer()
        )
    if run.log_file == "-":
        return EventLog(LogFile(sys.stdout.buffer, "standard output", buffered=virtual), level=level)
    file = LogFile.open(run.log_file, buffered=virtual, append=not virtual)
    log = EventLog(file, level=level)
    stack.callback(log.close)
    return log


async def _dial(
    engine: Engine | Daemon,
    bar: Callable[[], Awaitable[None]] | None,
    log: EventLog | None,
    signals: Signals,
) -> RunResult:
    async with engine, trio.open_nursery() as nursery:
        await nursery.start(_heed_signals, engine, signals, log)
        if bar is not None:
            nursery.start_soon(bar)
        result = await engine.finished
        nursery.cancel_scope.cancel()
    return result


async def _heed_signals(
    engine: Engine | Daemon,
    signals: Signals,
    log: EventLog | None,
    task_status: Any = trio.TASK_STATUS_IGNORED,
) -> None:
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as receiver:
        task_status.started()
        if signals.received:  # while the engine was starting
            engine.close(drain=None if len(signals.received) == 1 else 0.0)
        async for received in receiver:
            if received == signal.SIGHUP:
                if log is not None:
                    log.reopen()
                continue
            first = not signals.received
            signals.note(received)
            engine.close(drain=None if first else 0.0)


def _print(summary: Summary, config: Config, to: TextIO, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n")
        return
    color = {"always": True, "never": False, "auto": None}[
        str(getattr(config.run.color, "value", config.run.color))
    ]
    terminal = to.isatty()
    console = QuietPipe(
        file=to,
        force_terminal=color,
        no_color=True if color is False else None,
        width=None if terminal else 110,
        highlight=False,
    )
    print_summary(console, summary)
