"""How options are declared: each with an environment twin."""

from __future__ import annotations

from typing import Annotated, Any

import typer


def option(name: str, help: str, **bounds: float) -> Any:
    """Make an option with its environment twin; `bounds` are `min` and `max`."""
    variable = f"TRUNKLINE_{name.upper().replace('-', '_')}"
    return typer.Option(f"--{name}", envvar=variable, help=help, **bounds)


ConfigPath = Annotated[str, typer.Argument(metavar="CONFIG", help='A TOML file; "-" is standard input.')]
Json = Annotated[bool, option("json", "Print JSON.")]
Quiet = Annotated[bool | None, option("quiet", "Results and errors only.")]
