"""Which runs an experiment is made of."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from runtime.errors import ConfigError
from trunkline.config import Config
from trunkline.config.reading import decode, parse, read_bytes
from trunkline.config.wording import canonical, quoted
from trunkline.experiment.grid import Setting, applied, label
from trunkline.experiment.work import RunSpec, digest_of
from trunkline.version import __version__


class BadPlan(ValueError):
    """An experiment that can't be conducted."""


class Plan(msgspec.Struct, frozen=True):
    """All runs of an experiment: each setting with each seed, paired.

    `settings` are in the order of the grid; the first is what the others are
    compared with.
    """

    settings: tuple[Setting, ...]
    seeds: tuple[int, ...]
    runs: tuple[RunSpec, ...]


def make_plan(path: str | os.PathLike[str], settings: Sequence[Setting], seeds: Sequence[int]) -> Plan:
    """Read a configuration and plan its runs.

    Raises ConfigError for the file, BadPlan for a setting that can't be laid
    over it, and ContactsError for contacts that can't be read.
    """
    if os.fspath(path) == "-":
        raise BadPlan("the configuration must be a file: every run reads it")
    Config.load(path)
    tables = parse(decode(*read_bytes(path)))
    folder = Path(path).resolve().parent
    digests: dict[str, str] = {}
    runs = []
    for setting in settings:
        changed = applied(setting, tables)
        try:
            config = Config.from_dict(changed, folder=folder)
        except ConfigError as error:
            raise BadPlan("\n".join(f"{label(setting)}: {problem}" for problem in error.problems)) from None
        for file in _files(config):
            digests.setdefault(str(file), digest_of(file))
        mine = {str(file): digests[str(file)] for file in _files(config)}
        for seed in seeds:
            name = _fingerprint(config, seed, mine)
            runs.append(RunSpec(name, setting, seed, changed, str(folder), mine))
    return Plan(tuple(settings), tuple(seeds), tuple(runs))


def _files(config: Config) -> list[Path]:
    files = [one for one in (*config.contacts.values(), *config.joining_files()) if one is not None]
    if any(file.path is None for file in files):
        raise BadPlan(f"contacts = {quoted('-')}: every run reads its contacts, so they must be a file")
    return [file.path for file in files if file.path is not None]


def _fingerprint(config: Config, seed: int, digests: Mapping[str, str]) -> str:
    """Name a run by all that decides its figures: the same again needs no second run."""
    meaning: dict[str, Any] = {
        "version": __version__,
        "config": config.fingerprint(),
        "campaign": config.run.campaign,
        "start": config.run.start.isoformat(),
        "contacts": sorted(digests.values()),
        "seed": seed,
    }
    return hashlib.sha256(canonical(meaning).encode()).hexdigest()[:16]
