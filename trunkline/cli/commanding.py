"""Tell all daemons of a shared state to flag, pause, resume or cap something."""

from __future__ import annotations

import getpass
import json
import os
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trunkline.cli.exits import Exit
from trunkline.cli.options import Json, option
from trunkline.cli.refusals import usage
from trunkline.summary.wording import counted

if TYPE_CHECKING:
    from runtime.journal.entries import Change

ConfigPath = Annotated[str, typer.Argument(metavar="CONFIG", help="The configuration of the daemons.")]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="A caller-id number, as +14155550100.")]
CampaignOption = Annotated[str | None, option("campaign", "A campaign.")]
NumberOption = Annotated[str | None, option("number", "A caller-id number, as +14155550100.")]
Reason = Annotated[str | None, option("reason", "Why; goes into every daemon's log.")]
Within = Annotated[
    float, option("within", "Wait so many seconds at most until it is in force.", min=0.0, max=86_400.0)
]


def flag(
    config: ConfigPath,
    number: Number,
    reason: Reason = None,
    within: Within = 60.0,
    json_output: Json = False,
) -> None:
    """Take a number for spam at all daemons; done when none of them dials from it."""
    _tell(config, _of_number("flagged", number, reason), within, json_output)


def unflag(
    config: ConfigPath,
    number: Number,
    reason: Reason = None,
    within: Within = 60.0,
    json_output: Json = False,
) -> None:
    """Take a number for spam no longer, at all daemons."""
    _tell(config, _of_number("unflagged", number, reason), within, json_output)


def pause(
    config: ConfigPath,
    campaign: CampaignOption = None,
    number: NumberOption = None,
    reason: Reason = None,
    within: Within = 60.0,
    json_output: Json = False,
) -> None:
    """Pause a campaign or a number at all daemons; calls in progress go on."""
    _tell(config, _of_either("paused", campaign, number, reason), within, json_output)


def resume(
    config: ConfigPath,
    campaign: CampaignOption = None,
    number: NumberOption = None,
    reason: Reason = None,
    within: Within = 60.0,
    json_output: Json = False,
) -> None:
    """Resume a paused campaign or number at all daemons."""
    _tell(config, _of_either("resumed", campaign, number, reason), within, json_output)


def cap(
    config: ConfigPath,
    limit: Annotated[int, typer.Argument(metavar="LIMIT", min=1, max=1_000_000, help="Calls at once.")],
    connection: Annotated[str | None, option("connection", "A connection.")] = None,
    tenant: Annotated[str | None, option("tenant", "A tenant.")] = None,
    reason: Reason = None,
    within: Within = 60.0,
    json_output: Json = False,
) -> None:
    """Change a connection's limit or a tenant's cap for all daemons; a lowered one drains."""
    from runtime.journal.entries import LimitChange

    if (connection is None) == (tenant is None):
        raise usage("name a --connection or a --tenant, one of the two")
    _tell(config, LimitChange(limit, operator_name(), reason, connection, tenant), within, json_output)


def _of_number(what: str, number: str, reason: str | None) -> Change:
    from runtime.calls import E164
    from runtime.journal.entries import NumberChange

    return NumberChange(what, E164(number), operator_name(), reason)


def _of_either(what: str, campaign: str | None, number: str | None, reason: str | None) -> Change:
    from runtime.journal.entries import CampaignChange

    if campaign is not None and number is None:
        return CampaignChange(what, campaign, operator_name(), reason)
    if number is not None and campaign is None:
        return _of_number(what, number, reason)
    raise usage("name a --campaign or a --number, one of the two")


def operator_name() -> str:
    """Name who commands: by the user's name, or the number where there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as containers have: KeyError before Python 3.13
        return f"uid {os.getuid()}"


def carriers_of(path: str) -> set[str]:
    """Name the carriers that a file speaks of: those of the daemons' application aren't known here."""
    try:
        connections = tomllib.loads(Path(path).read_text())["connections"]
        return {str(connection["carrier"]) for connection in connections}
    except (OSError, ValueError, KeyError, TypeError):
        return set()  # whoever reads the configuration says what is wrong with it


def _tell(path: str, change: Change, within: float, json_output: bool) -> None:
    import msgspec
    from redis.exceptions import RedisClusterException, RedisError

    from runtime.redis.client import reason
    from trunkline.config import load_config
    from trunkline.fleet.telling import tell

    config = load_config(path, carriers=carriers_of(path))
    try:
        told = tell(config, change, within=within)
    except (RedisError, RedisClusterException, OSError) as error:
        print(f"trunkline: the shared state doesn't answer: {reason(error)}", file=sys.stderr)
        raise typer.Exit(Exit.FAILED) from None
    if json_output:
        print(json.dumps(msgspec.to_builtins(told), indent=2))
    elif told.in_force:
        print(f"in force at {counted(len(told.confirmed), 'daemon')}")
    if not told.in_force:
        print(f"trunkline: recorded, but not in force yet: {_awaited(told.waiting)}", file=sys.stderr)
        raise typer.Exit(Exit.FAILED)


def _awaited(waiting: list[str]) -> str:
    if not waiting:
        return "the shared state is new, or has lost its data, and may not know all daemons yet"
    return f"{', '.join(waiting)} {'has' if len(waiting) == 1 else 'have'} not confirmed"
