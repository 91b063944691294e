"""`trunkline synth`: write a synthetic audience and a pool to call it from."""

from __future__ import annotations

import json
import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from runtime.file_errors import why
from trunkline.cli.options import Json, option
from trunkline.cli.refusals import usage

if TYPE_CHECKING:
    from trunkline.synth import SynthOptions

PARTS = ("contacts", "config")


def synth(
    output: Annotated[
        str, typer.Argument(metavar="FOLDER", help='Where to write, made if need be; "-" is standard output.')
    ],
    contacts: Annotated[int, option("contacts", "How many people.")] = 1000,
    countries: Annotated[
        str, option("countries", 'Where they are, with shares: "US=0.6,GB=0.3,DE=0.1".')
    ] = "US",
    numbers: Annotated[int, option("numbers", "How many numbers to call from, for each country.")] = 3,
    connections: Annotated[
        str, option("connections", 'Connections and their limits: "east=25,west=15", or "6x25".')
    ] = "east=25,west=25",
    tenant_cap: Annotated[
        int | None, option("tenant-cap", "The tenant's cap. Default: what the connections carry together.")
    ] = None,
    answer_rate: Annotated[float, option("answer-rate", "The mean of the numbers' answer rates.")] = 0.3,
    answer_rate_spread: Annotated[
        float, option("answer-rate-spread", "How far the numbers' answer rates lie from the mean, at most.")
    ] = 0.0,
    seed: Annotated[int, option("seed", "Where the random draws start.")] = 1,
    part: Annotated[str, option("part", 'With "-", what is printed: contacts or config.')] = "contacts",
    force: Annotated[bool, option("force", "Overwrite files that are there.")] = False,
    json_output: Json = False,
) -> None:
    """Write a synthetic audience (CSV) and the configuration of a pool to call it from (TOML)."""
    from trunkline.synth import BadSynthOption, OutOfNumbers, SynthOptions, read_connections, read_countries
    from trunkline.synth.options import one_of_parts

    try:
        options = SynthOptions(
            contacts=contacts,
            countries=read_countries(countries),
            numbers=numbers,
            connections=read_connections(connections),
            tenant_cap=tenant_cap,
            answer_rate=answer_rate,
            answer_rate_spread=answer_rate_spread,
            seed=seed,
        )
        written = _write(options, output, one_of_parts(part, PARTS), force=force)
    except (BadSynthOption, OutOfNumbers) as error:
        raise usage(str(error)) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        raise usage(f"{output} can't be written to: {why(error)}") from None
    if json_output and written:
        print(json.dumps({name: str(path) for name, path in zip(PARTS, written, strict=True)}, indent=2))
    else:
        for path in written:
            print(path)


def _write(options: SynthOptions, output: str, part: str, *, force: bool) -> list[Path]:
    """Write it, and return the files that were written."""
    from trunkline.synth import CONFIG_NAME, CONTACTS_NAME, Plan, configuration, write_people

    plan = Plan(options)
    config = configuration(options, plan, command=repeat(options))
    if output == "-":
        if part == "config":
            sys.stdout.write(config)
        else:
            write_people(sys.stdout, plan.people())
        return []
    folder = Path(output)
    files: dict[Path, Callable[[TextIO], object]] = {
        folder / CONTACTS_NAME: lambda file: write_people(file, plan.people()),
        folder / CONFIG_NAME: lambda file: file.write(config),
    }
    there = [path for path in files if path.exists()]
    if there and not force:
        raise usage(f"{there[0]} is there already; --force overwrites it")
    with _made(folder):
        _write_all(files)
    return list(files)


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a folder; where what is written into it fails, leave none behind that was not there."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for one in missing:
            with suppress(OSError):  # a file of somebody else's is in it
                one.rmdir()
        raise


def _write_all(files: Mapping[Path, Callable[[TextIO], object]]) -> None:
    """Write files under other names first: what stands under their own is whole, and all or none."""
    ready: dict[Path, str] = {}
    try:
        for path, write in files.items():
            descriptor, ready[path] = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            with open(descriptor, "w", encoding="utf-8", newline="") as file:
                write(file)
            os.chmod(ready[path], 0o666 & ~_umask())
        for path in files:
            os.replace(ready[path], path)
    except BaseException:
        for name in ready.values():
            with suppress(FileNotFoundError):
                os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def repeat(options: SynthOptions) -> str:
    """Return the command that writes the same again."""
    given = {
        "contacts": options.contacts,
        "countries": ",".join(f"{name}={share:g}" for name, share in options.countries.items()),
        "numbers": options.numbers,
        "connections": ",".join(f"{name}={limit}" for name, limit in options.connections.items()),
        "tenant-cap": options.cap,
        "answer-rate": f"{options.answer_rate:g}",
        "answer-rate-spread": f"{options.answer_rate_spread:g}",
        "seed": options.seed,
    }
    words = (f"--{name} {shlex.quote(str(value))}" for name, value in given.items())
    return f"trunkline synth {' '.join(words)} FOLDER"
