"""How a command says that it can't be carried out: one sentence, exit code 2."""

from __future__ import annotations

import sys

import typer

from trunkline.cli.exits import Exit


def usage(message: str) -> typer.Exit:
    """Print what is wrong with how a command was called; raise what is returned."""
    print(f"trunkline: {message}", file=sys.stderr)
    return typer.Exit(Exit.USAGE)
