"""Print the checklist, the capacity breakdown and the audience."""

from __future__ import annotations

import json
import os
import sys
import time

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from actors.pool.capacity import Breakdown
from trunkline.cli.exits import Exit
from trunkline.config import load_config, overrides
from trunkline.contacts import AudienceReport
from trunkline.fleet.server import state_findings
from trunkline.preflight import CampaignReport, Level, preflight
from trunkline.summary.wording import counted

MARKS = {Level.OK: ("✓", "green"), Level.WARNING: ("⚠", "yellow"), Level.ERROR: ("✗", "red")}


def console() -> Console:
    """Make a console on standard output that breaks no line in a pipe."""
    return QuietPipe(width=None if sys.stdout.isatty() else 110, highlight=False)


class QuietPipe(Console):
    """A console whose reader may leave: then the command ends quietly, with 0."""

    def on_broken_pipe(self) -> None:
        """End, where rich would exit with 1."""
        raise typer.Exit(Exit.DONE)


def check_config(path: str, *, campaign: str | None, json_output: bool) -> bool:
    """Print what is found for a configuration's campaigns; tell whether they may dial."""
    reports = print_checklist(path, campaign=campaign, json_output=json_output)
    return bool(reports) and not any(report.blocked for report in reports)


def print_checklist(path: str, *, campaign: str | None, json_output: bool) -> list[CampaignReport]:
    """Print what is found for a configuration's campaigns, and give it."""
    loaded = load_config(path, overrides=overrides({"campaign": campaign}, os.environ))
    shared = state_findings(loaded)
    reports = [
        msgspec.structs.replace(report, findings=[*report.findings, *shared])
        for report in preflight(loaded, now=time.time())
    ]
    if json_output:
        print(json.dumps(msgspec.to_builtins(reports), indent=2, ensure_ascii=False))
    else:
        out = console()
        for report in reports:
            print_report(out, report)
    return reports


def print_report(out: Console, report: CampaignReport) -> None:
    """Print what was found for one campaign."""
    out.print(Text(f"Campaign {report.campaign}", style="bold"))
    for finding in report.findings:
        mark, style = MARKS[finding.level]
        out.print(Text.assemble((mark, style), f" {finding.sentence}"), soft_wrap=True)
    print_capacity(out, report.capacity)
    if report.audience is not None:
        _print_audience(out, report.audience)


def print_capacity(out: Console, capacity: Breakdown) -> None:
    """Print a campaign's speedometer."""
    table = Table(title=Text(f"Pool capacity of {capacity.campaign}"), title_justify="left")
    for column in ("connection", "limit", "in use", "available", "eligible numbers", "rate left", "breaker"):
        table.add_column(column, justify="left" if column == "connection" else "right")
    for one in capacity.connections:
        rate = "–" if one.rate_left is None else str(one.rate_left)
        cells = (
            one.connection,
            one.limit,
            one.in_use,
            one.available,
            one.eligible_numbers,
            rate,
            one.breaker,
        )
        table.add_row(*(Text(str(cell)) for cell in cells))
    out.print(table)
    out.print(
        Text(
            f"ceiling {capacity.ceiling} ({capacity.binds} binds), available now {capacity.available}, "
            f"tenant cap {capacity.tenant_cap}, in use {capacity.tenant_in_use}"
        )
    )


def _print_audience(out: Console, audience: AudienceReport) -> None:
    table = Table(title=Text(f"Audience: {counted(audience.contacts, 'contact')}"), title_justify="left")
    table.add_column("country")
    table.add_column("contacts", justify="right")
    table.add_column("share", justify="right")
    for country, count in audience.by_country.items():
        table.add_row(Text(country), str(count), f"{100 * audience.share(count):.1f} %")
    out.print(table)
    shares = (
        ("a country match", audience.country_match),
        ("a timezone match", audience.timezone_match),
        ("neither", audience.no_match),
    )
    out.print(Text(", ".join(f"{name} {100 * audience.share(count):.1f} %" for name, count in shares)))
