"""How a command says that it can't be carried out: one sentence, exit code 2."""

from __future__ import annotations

import errno
import os
import sys

import typer

from trunkline.cli.exits import Exit

_WHY = {
    errno.ENOENT: "there is no such file or folder",
    errno.ENOTDIR: "part of that path is a file, not a folder",
    errno.EISDIR: "this is a folder; name a file",
    errno.EEXIST: "there is a file of that name",
    errno.EACCES: "you may not write there",
    errno.EPERM: "you may not write there",
    errno.EROFS: "the file system can only be read",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is full",
    errno.ENAMETOOLONG: "that name is too long",
    errno.ELOOP: "its links lead in a circle",
}


def usage(message: str) -> typer.Exit:
    """Print what is wrong with how a command was called; raise what is returned."""
    print(f"trunkline: {message}", file=sys.stderr)
    return typer.Exit(Exit.USAGE)


def why(error: OSError, *, reading: bool = False) -> str:
    """Say in words why a file can't be written, or read."""
    if reading and error.errno in (errno.EACCES, errno.EPERM):
        return "you may not read it"
    if error.errno in _WHY:
        return _WHY[error.errno]
    return (error.strerror or str(error) or os.strerror(error.errno or 0)).lower()
