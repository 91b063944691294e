"""How options are declared: each with an environment twin."""

from __future__ import annotations

from typing import Annotated, Any

import typer


def option(name: str, help: str) -> Any:
    """Make an option with its environment twin."""
    return typer.Option(f"--{name}", envvar=f"TRUNKLINE_{name.upper().replace('-', '_')}", help=help)


Json = Annotated[bool, typer.Option("--json", envvar="TRUNKLINE_JSON", help="Print JSON.")]
