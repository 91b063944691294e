"""`trunkline experiment`: the same campaign over many seeds and settings."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runtime.file_errors import why
from trunkline.cli.executors import NoAddress, NoScheduler, cluster, processes
from trunkline.cli.exits import Exit
from trunkline.cli.options import Json, Quiet, option
from trunkline.cli.refusals import usage
from trunkline.cli.signals import CODES

if TYPE_CHECKING:
    from trunkline.experiment import Plan, Reckoning, RunOutcome
    from trunkline.experiment import Progress as Conducted
    from trunkline.experiment.reckoning import Estimate

VARIABLE = "TRUNKLINE_SET"


class Stopped(BaseException):
    """A signal has come; `code` is the exit code that it stands for."""

    def __init__(self, code: Exit) -> None:
        self.code = code
        super().__init__(code)


def experiment(
    config: Annotated[str, typer.Argument(metavar="CONFIG", help="A TOML file.")],
    seeds: Annotated[int, option("seeds", "How many seeds each setting is run with.")] = 20,
    first_seed: Annotated[int, option("first-seed", "The first of them.")] = 1,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help='What is set differently, as in "rotation=thompson,uniform" or '
            '"connections.east.max_concurrent=10,20"; several make a grid. The first values are what the '
            f"others are compared with. [env var: {VARIABLE}, separated by ;]",
        ),
    ] = None,
    output: Annotated[str, option("output", "The folder of the result files, one a run.")] = "experiment",
    jobs: Annotated[int | None, option("jobs", "How many processes. Default: one a core.")] = None,
    dask: Annotated[
        str | None, option("dask", 'The scheduler of a Dask cluster, "tcp://…", to run it on instead.')
    ] = None,
    retry_failed: Annotated[bool, option("retry-failed", "Run again what failed before.")] = False,
    level: Annotated[float, option("level", "The level of the intervals.")] = 0.95,
    quiet: Quiet = False,
    json_output: Json = False,
) -> None:
    """Run a campaign in virtual time over many seeds and settings, and say what differs."""
    from trunkline.experiment import BadPlan, BadSetting, Broken, Results, conduct, make_plan, reckon
    from trunkline.experiment.grid import read_settings

    _need_extras(dask)
    if seeds < 1 or first_seed < 0:
        raise usage("--seeds must be 1 or more, and --first-seed 0 or more")
    if not 0.0 < level < 1.0:
        raise usage(f"--level: {level:g} is none; it must be between 0 and 1")
    if jobs is not None and jobs < 1:
        raise usage("--jobs must be 1 or more")
    written = settings or [one for one in os.environ.get(VARIABLE, "").split(";") if one.strip()]
    try:
        plan = make_plan(config, read_settings(written), range(first_seed, first_seed + seeds))
    except (BadPlan, BadSetting) as error:
        raise usage(f"--set: {error}") from None
    results = Results(output, told=lambda said: print(f"trunkline: {said}", file=sys.stderr))
    try:
        results.open()
    except OSError as error:
        raise usage(f"--output: {output} can't be written to: {why(error)}") from None
    try:
        with (
            _heeding_signals(),
            processes(jobs) if dask is None else cluster(dask) as executor,
            _shown(quiet=bool(quiet)) as heard,
        ):
            outcomes = conduct(plan, executor, results, retry_failed=retry_failed, heard=heard)
    except Stopped as stop:
        done = sum(results.has(spec.fingerprint) for spec in plan.runs)
        print(f"trunkline: stopped; {done} of {len(plan.runs)} runs are kept in {output}", file=sys.stderr)
        raise typer.Exit(stop.code) from None
    except NoAddress as error:
        raise usage(f"--dask: {error}") from None
    except (Broken, NoScheduler, OSError) as error:
        said = why(error) if isinstance(error, OSError) else error
        print(f"trunkline: {said}; the same command goes on from what is in {output}", file=sys.stderr)
        raise typer.Exit(Exit.FAILED) from None
    reckoning = reckon(plan, outcomes, level=level)
    _print_result(reckoning, plan, outcomes, as_json=json_output)
    failed = [one for one in outcomes if one.status == "failed"]
    if failed:
        print(f"trunkline: {len(failed)} runs failed, first: {failed[0].error}", file=sys.stderr)
        raise typer.Exit(Exit.FAILED)


def _need_extras(dask: str | None) -> None:
    from importlib.util import find_spec

    for module, extra, needed in (("scipy", "experiment", True), ("distributed", "dask", dask is not None)):
        if needed and find_spec(module) is None:
            raise usage(f"this needs {module}: pip install 'trunkline[{extra}]'")


@contextmanager
def _heeding_signals() -> Iterator[None]:
    """Raise Stopped where the command would otherwise leave at once."""

    def stop(number: int, _frame: object) -> None:
        for one in CODES:
            signal.signal(one, signal.SIG_IGN)  # what is being ended is ended once
        raise Stopped(CODES[signal.Signals(number)])

    before = {number: signal.signal(number, stop) for number in CODES}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _shown(*, quiet: bool) -> Iterator[Any]:
    """Show progress on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.completed:.0f} of {task.total:.0f} runs"),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]} failed"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, failed=0)

        def heard(progress: Conducted) -> None:
            bar.update(task, total=progress.runs, completed=progress.done, failed=progress.failed)

        yield heard


def _print_result(reckoning: Reckoning, plan: Plan, outcomes: list[RunOutcome], *, as_json: bool) -> None:
    import msgspec

    if as_json:
        runs = [
            {"run": one.fingerprint, "setting": one.setting, "seed": one.seed, "status": one.status}
            for one in outcomes
        ]
        print(json.dumps({**msgspec.to_builtins(reckoning), "runs": runs}, indent=2, ensure_ascii=False))
        return
    from rich.table import Table
    from rich.text import Text

    from trunkline.cli.checking import console
    from trunkline.experiment.work import FIGURES

    out = console()
    out.print(Text(f"{len(plan.settings)} settings, {len(plan.seeds)} seeds, {len(plan.runs)} runs"))
    percent = f"{100 * reckoning.level:g} % interval"
    for row in reckoning.settings:
        ended = [
            f"{count} {what}" for count, what in ((row.stalled, "stalled"), (row.failed, "failed")) if count
        ]
        table = Table(title=Text(", ".join([row.setting, *ended])), title_justify="left")
        differs = f"less {reckoning.baseline}"
        columns = ["figure", "runs", "mean", percent, *((differs, percent) if row.differences else ())]
        for column in columns:
            table.add_column(Text(column), justify="left" if column == "figure" else "right")
        for name in FIGURES:
            cells = [name, str(row.figures[name].count), *_written(row.figures[name])]
            if row.differences:
                cells += _written(row.differences[name], sign=True)
            table.add_row(*map(Text, cells))
        out.print(table)


def _written(estimate: Estimate, *, sign: bool = False) -> list[str]:
    if estimate.mean is None:
        return ["–", ""]
    plus = "+" if sign else ""
    mean = f"{estimate.mean:{plus}.6g}"
    if estimate.low is None or estimate.high is None:
        return [mean, ""]
    return [mean, f"{estimate.low:{plus}.5g} … {estimate.high:{plus}.5g}"]
