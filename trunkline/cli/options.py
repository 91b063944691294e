"""How options are declared: each with an environment twin."""

from __future__ import annotations

from typing import Annotated, Any

import typer


def option(name: str, help: str, *, min: float | None = None, max: float | None = None) -> Any:
    """Make an option with its environment twin; a number may have bounds."""
    variable = f"TRUNKLINE_{name.upper().replace('-', '_')}"
    return typer.Option(f"--{name}", envvar=variable, help=help, min=min, max=max)


ConfigPath = Annotated[str, typer.Argument(metavar="CONFIG", help='A TOML file; "-" is standard input.')]
Json = Annotated[bool, option("json", "Print JSON.")]
Quiet = Annotated[bool | None, option("quiet", "Results and errors only.")]
