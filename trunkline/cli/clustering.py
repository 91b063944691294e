"""Print how the daemons that share limits stand, once or again and again."""

from __future__ import annotations

import json
import math
import os
import time
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from runtime.ledger.standing import Share, Standing
from trunkline.cli.checking import console
from trunkline.cli.commanding import carriers_of
from trunkline.cli.exits import Exit
from trunkline.cli.options import ConfigPath, Json, option
from trunkline.cli.refusals import usage
from trunkline.config import load_config, overrides
from trunkline.fleet.cluster import Cluster, Member, look_at

EVERY_SECONDS = 1.0

Follow = Annotated[bool, option("follow", "Look again every second, until interrupted.")]


def cluster(config: ConfigPath, json_output: Json = False, follow: Follow = False) -> None:
    """Print which daemons share the limits: who holds, uses and wants what, and what binds."""
    loaded = load_config(config, overrides=overrides({}, os.environ), carriers=carriers_of(config))
    if loaded.state is None:
        raise usage(f"{config} has no [state] table: no limit is shared")
    from runtime.redis.server_settings import ServerAway

    while True:
        try:
            found = look_at(loaded)
        except ServerAway as error:
            typer.echo(f"trunkline: {loaded.state.url}: {error}", err=True)
            if not follow:
                raise typer.Exit(Exit.FAILED) from None
        else:
            _print(found, as_json=json_output)
        if not follow:
            return
        time.sleep(EVERY_SECONDS)


def _print(found: Cluster, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(msgspec.to_builtins(found), ensure_ascii=False), flush=True)
        return
    print_cluster(console(), found)


def print_cluster(out: Console, found: Cluster) -> None:
    """Print daemons, limits and what binds."""
    daemons = Table(title=Text(f"Daemons of {found.namespace}"), title_justify="left")
    daemons.add_column("daemon")
    daemons.add_column("state")
    for member in found.daemons:
        daemons.add_row(Text(member.node), Text(_state(member)))
    out.print(daemons)
    limits = Table(title=Text("Shared limits"), title_justify="left")
    for column in ("limit of", "limit", "held", "in use", "wanted", "of the lapsed", "by daemon"):
        limits.add_column(column, justify="left" if column in ("limit of", "by daemon") else "right")
    for one in found.limits:
        figures = (one.limit, one.held, one.uses, one.wants, one.lapsed)
        limits.add_row(Text(_name(one)), *(Text(str(figure)) for figure in figures), Text(_shares(one)))
    out.print(limits)
    out.print(Text("What binds: " + (", ".join(found.binds) or "nothing")))
    if found.learning:
        out.print(Text("Learning what is held: " + ", ".join(found.learning)))


def _state(member: Member) -> str:
    return "alive" if member.alive else f"lapsed, counted for {_seconds(member.lapsed_seconds)} yet"


def _name(standing: Standing) -> str:
    return f"{standing.kind} {standing.name}"


def _shares(standing: Standing) -> str:
    return ", ".join(f"{share.node} {share.uses}/{share.holds}{_mark(share)}" for share in standing.shares)


def _mark(share: Share) -> str:
    lapsed = "" if share.lapsed_seconds is None else f" lapsed {_seconds(share.lapsed_seconds)}"
    return lapsed + (" breaker open" if share.breaker_open else "")


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return "the day" if seconds > 1e9 else f"{math.ceil(seconds)} s"
