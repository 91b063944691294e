"""Which of flag, environment variable and file decides an option of `[run]`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trunkline.config.models import RunTable

PREFIX = "TRUNKLINE_"

_TRUTHS = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}
_TRUTH_OPTIONS = frozenset({"quiet", "progress", "doctor"})
_TEXT_OPTIONS = frozenset(
    {"campaign", "journal", "log_file", "log_level", "color", "start", "summary", "csv", "report"}
)
_LIST_OPTIONS = frozenset({"threshold"})


@dataclass(frozen=True)
class Given:
    """A value from outside the file, and the flag or variable it came from."""

    value: object
    origin: str


def variable(option: str) -> str:
    """Return the environment variable of an option: TRUNKLINE_TIME_SCALE."""
    return PREFIX + option.upper()


def flag(option: str) -> str:
    """Return the flag of an option: --time-scale."""
    return "--" + option.replace("_", "-")


def overrides(flags: Mapping[str, object], environ: Mapping[str, str]) -> dict[str, Given]:
    """Return what wins over the file's `[run]`: a flag, else its variable.

    `flags` are by option name; those that are no option of `[run]` are passed
    over. One that is None, or holds nothing, was not given, and neither was
    a variable that is empty. What a variable says is read as its option
    needs it; what doesn't fit is left for the configuration's own check.
    """
    found: dict[str, Given] = {}
    for option in RunTable.model_fields:
        value = flags.get(option)
        if value not in (None, [], ()):
            found[option] = Given(_read(option, value) if isinstance(value, str) else value, flag(option))
        elif said := environ.get(variable(option)):
            found[option] = Given(_read(option, said), variable(option))
    return found


def _read(option: str, said: str) -> object:
    if option in _TRUTH_OPTIONS:
        return _TRUTHS.get(said.strip().lower(), said)
    if option in _TEXT_OPTIONS:
        return said
    if option in _LIST_OPTIONS:
        return [part.strip() for part in said.replace("\n", ";").split(";") if part.strip()]
    for kind in (int, float):
        try:
            return kind(said)
        except ValueError:
            continue
    return said
