"""The commands and their options."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.errors import (
    ConfigError,
    ContactsError,
    JournalContradicted,
    JournalError,
    LogError,
    LogLineError,
    LogNotAudited,
    UnknownName,
)
from runtime.file_errors import why
from trunkline.cli.auditing import audit
from trunkline.cli.clustering import cluster
from trunkline.cli.commanding import cap, flag, pause, resume, unflag
from trunkline.cli.comparing import compare
from trunkline.cli.diagnosing import doctor
from trunkline.cli.exits import EPILOG, Exit
from trunkline.cli.experimenting import experiment
from trunkline.cli.journal import app as journal_commands
from trunkline.cli.options import ConfigPath, Json, Quiet, option
from trunkline.cli.refusals import usage
from trunkline.cli.synthesizing import synth

if TYPE_CHECKING:
    from trunkline.config import Given

app = typer.Typer(
    name="trunkline",
    help="Dial campaigns: which number calls whom, and when it is safe to.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(journal_commands)

Seed = Annotated[int | None, option("seed", "Where the random draws start.")]
Campaign = Annotated[str | None, option("campaign", "Dial only this campaign.")]
CampaignShown = Annotated[str | None, option("campaign", "Look at this campaign alone.")]
LogFileOption = Annotated[str | None, option("log-file", 'Where the log goes; "-" is standard output.')]
LogLevelOption = Annotated[str | None, option("log-level", "debug, info, warning or error.")]
Color = Annotated[str | None, option("color", "auto, always or never.")]
NoProgress = Annotated[bool | None, option("no-progress", "Show no progress bar.")]
NoDoctor = Annotated[bool | None, option("no-doctor", "Log no advice on what is wrong.")]
SummaryOption = Annotated[str | None, option("summary", "Write summary.json there.")]
CsvOption = Annotated[str | None, option("csv", "Write the summary's tables into that folder.")]
ReportOption = Annotated[str | None, option("report", "Write report.html there.")]
ThresholdOption = Annotated[
    list[str] | None,
    # Its variable is read by `overrides`: typer would split it at every space.
    typer.Option(
        "--threshold",
        help="What the run has to fulfil, as in 'answer_rate > 0.25'; may be repeated. "
        "[env var: TRUNKLINE_THRESHOLD, several separated by ;]",
    ),
]
AbortOption = Annotated[
    str | None,
    option("abort-on-fail", "Stop the run if a --threshold fails this long after the start, or later."),
]


@app.command("run", epilog="Example: trunkline run pilot.toml --campaign spring --log-file dialing.log")
def run_campaigns(
    context: typer.Context,
    config: ConfigPath,
    campaign: Campaign = None,
    seed: Seed = None,
    time_scale: Annotated[
        float | None, option("time-scale", "Multiplies simulated ring and talk times.")
    ] = None,
    drain: Annotated[str | None, option("drain", "How long calls may go on after a signal.")] = None,
    journal: Annotated[
        str | None,
        option("journal", "The journal's file. Default: CONFIG with .journal, beside it."),
    ] = None,
    fresh: Annotated[bool, option("fresh", "Put the journal aside and start anew.")] = False,
    accept_loss: Annotated[
        bool, option("accept-loss", "Go on by a journal that has lost its end: people may be called again.")
    ] = False,
    log_file: LogFileOption = None,
    log_level: LogLevelOption = None,
    summary: SummaryOption = None,
    csv: CsvOption = None,
    report: ReportOption = None,
    threshold: ThresholdOption = None,
    abort_on_fail: AbortOption = None,
    quiet: Quiet = None,
    no_progress: NoProgress = None,
    no_doctor: NoDoctor = None,
    color: Color = None,
    json_output: Json = False,
) -> None:
    """Dial in real time; go on where an earlier run of CONFIG has ended."""
    _dial("run", config, _flags(context), as_json=json_output, fresh=fresh, accept_loss=accept_loss)


@app.command(epilog="Example: trunkline simulate pilot.toml --seed 7 --json")
def simulate(
    context: typer.Context,
    config: ConfigPath,
    campaign: Campaign = None,
    seed: Seed = None,
    start: Annotated[str | None, option("start", "When virtual time starts, ISO 8601.")] = None,
    log_file: LogFileOption = None,
    log_level: LogLevelOption = None,
    summary: SummaryOption = None,
    csv: CsvOption = None,
    report: ReportOption = None,
    threshold: ThresholdOption = None,
    abort_on_fail: AbortOption = None,
    quiet: Quiet = None,
    no_progress: NoProgress = None,
    no_doctor: NoDoctor = None,
    color: Color = None,
    json_output: Json = False,
) -> None:
    """Dial the same campaigns in virtual time, with simulated carriers."""
    _dial("simulate", config, _flags(context), as_json=json_output)


@app.command(epilog="Example: trunkline check pilot.toml")
def check(config: ConfigPath, campaign: CampaignShown = None, json_output: Json = False) -> None:
    """Print the final checklist, the capacity breakdown and the audience."""
    from trunkline.cli.checking import check_config

    if not check_config(config, campaign=campaign, json_output=json_output):
        raise typer.Exit(Exit.USAGE)


@app.command(epilog="Example: trunkline capacity pilot.toml --json")
def capacity(config: ConfigPath, campaign: CampaignShown = None, json_output: Json = False) -> None:
    """Print how many calls the pool can run, and what binds."""
    import msgspec

    from trunkline.cli.checking import console, print_capacity
    from trunkline.config import load_config, overrides
    from trunkline.preflight import capacity_of

    loaded = load_config(config, overrides=overrides({"campaign": campaign}, os.environ))
    settings = loaded.settings()
    only = loaded.run.campaign
    found = [capacity_of(settings, one) for one in settings.campaigns if only in (None, one.name)]
    if json_output:
        _print_json(msgspec.to_builtins(found))
        return
    out = console()
    for one in found:
        print_capacity(out, one)


@app.command(epilog="Example: trunkline init my-campaign")
def init(folder: Annotated[str, typer.Argument(help="Where to write; made if need be.")] = ".") -> None:
    """Write a commented example configuration and contacts."""
    from pathlib import Path

    from trunkline.starter import CONFIG, CONFIG_NAME, CONTACTS, CONTACTS_NAME

    files = {Path(folder) / CONFIG_NAME: CONFIG, Path(folder) / CONTACTS_NAME: CONTACTS}
    for path in files:
        if os.path.lexists(path):
            raise usage(f"{path} is there already; it is not overwritten")
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise usage(f"{error.filename or folder} can't be written: {why(error)}") from None
    for path in files:
        print(path)


app.command(
    epilog="Example: trunkline synth load --contacts 100000 --countries US=0.6,GB=0.4 --connections 6x25"
)(synth)
app.command(epilog="Example: trunkline compare a.json b.json --max-regression 'answer_rate 2%'")(compare)
app.command(epilog="Example: trunkline doctor dialing.log --contact 17")(doctor)
app.command(epilog="Example: trunkline cluster pilot.toml --follow")(cluster)
app.command(epilog="Example: trunkline flag pilot.toml +14155550100 --reason complaints")(flag)
app.command(epilog="Example: trunkline unflag pilot.toml +14155550100")(unflag)
app.command(epilog="Example: trunkline pause pilot.toml --campaign spring")(pause)
app.command(epilog="Example: trunkline resume pilot.toml --campaign spring")(resume)
app.command(epilog="Example: trunkline cap pilot.toml 20 --connection east")(cap)
app.command(epilog="Example: trunkline audit run.log.1 run.log --complete")(audit)
app.command(epilog="Example: trunkline experiment pilot.toml --seeds 50 --set rotation=proportional,uniform")(
    experiment
)


@app.command()
def events(json_output: Json = False) -> None:
    """Describe the log: every event and its fields."""
    from runtime.observe.reference import describe_events, event_json_schema

    if json_output:
        _print_json(event_json_schema())
        return
    for row in describe_events():
        print(f"{row.event} ({row.level}): {row.meaning}")
        for field in row.fields:
            print(f"    {field.name}: {field.type} — {field.meaning}")


@app.command()
def schema(
    summary: Annotated[
        bool,
        typer.Option("--summary", envvar="TRUNKLINE_SCHEMA_SUMMARY", help="That of summary.json instead."),
    ] = False,
) -> None:
    """Print the configuration's JSON Schema, for editors."""
    if summary:
        from trunkline.summary.schema import summary_json_schema

        _print_json(summary_json_schema())
        return
    from trunkline.config import Config

    _print_json(Config.json_schema())


@app.callback(invoke_without_command=True)
def top(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the versions that a run depends on.")
    ] = False,
) -> None:
    """Dial campaigns: which number calls whom, and when it is safe to."""
    if version:
        import trio

        from trunkline.engine import versions

        named = {**versions(), "python": platform.python_version(), "trio": trio.__version__}
        for name, said in named.items():
            print(f"{name} {said}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(Exit.USAGE)


def _flags(context: typer.Context) -> dict[str, object]:
    """Give what a command was given by the names of `[run]`: each option that it declares binds."""
    given = context.params
    return {
        **given,
        "progress": False if given["no_progress"] else None,
        "doctor": False if given["no_doctor"] else None,
    }


def _dial(
    command: str,
    path: str,
    flags: Mapping[str, object],
    *,
    as_json: bool,
    fresh: bool = False,
    accept_loss: bool = False,
) -> None:
    from trunkline.cli.dialing import dial
    from trunkline.config import load_config, overrides

    given, virtual = overrides(flags, os.environ), command == "simulate"
    config = load_config(path, overrides=given)
    plan = None
    if not virtual:
        from trunkline.cli.journaling import JournalPlan, journal_path

        plan = JournalPlan(journal_path(path, config.run.journal), fresh=fresh, accept_loss=accept_loss)
    seed = config.run.seed
    repeat = _repeat(command, path, given)
    code = dial(config, source=path, virtual=virtual, as_json=as_json, seed=seed, repeat=repeat, plan=plan)
    raise typer.Exit(code)


_REPEATED = {
    "run": ("campaign", "time_scale", "journal", "threshold", "abort_on_fail"),
    "simulate": ("campaign", "start", "threshold", "abort_on_fail"),
}
"""The options that change what happens; a variable of the environment counts as its flag."""


def _repeat(command: str, path: str, given: Mapping[str, Given]) -> Callable[[int], str]:
    """Say how the same is run again; its own journal would only say that it is finished."""
    said = ["--fresh"] if command == "run" else []
    said += [
        f"--{name.replace('_', '-')} {shlex.quote(str(value))}"
        for name in _REPEATED[command]
        if name in given
        for value in _each(given[name].value)
    ]
    return lambda seed: " ".join(["trunkline", command, shlex.quote(path), f"--seed {seed}", *said])


def _each(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


def run(arguments: list[str] | None = None) -> int:
    """Run a command; its exit code. Errors go to standard error, one each."""
    try:
        app(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.DONE
    except ConfigError as error:
        for problem in error.problems:
            print(problem.render(), file=sys.stderr)
        return Exit.USAGE
    except (ContactsError, LogLineError, LogNotAudited, UnknownName) as error:
        print(f"trunkline: {error}", file=sys.stderr)
        return Exit.USAGE
    except JournalContradicted as error:
        print(f"trunkline: {error}", file=sys.stderr)
        return Exit.USAGE
    except (JournalError, LogError) as error:
        print(f"trunkline: {error}", file=sys.stderr)
        return Exit.FAILED
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "redis":
            raise
        print("trunkline: [state] needs redis: pip install 'trunkline[redis]'", file=sys.stderr)
        return Exit.USAGE
    return Exit.DONE
