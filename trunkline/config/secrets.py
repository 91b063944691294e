"""Secrets: from the environment only, or from a file that it names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from runtime.errors import ConfigError
from trunkline.config.problems import Problem


def secret(name: str, environment: Mapping[str, str]) -> str | None:
    """Read a secret from the variable, or from the file that `name`_FILE names.

    A file's last line break is no part of it. None where neither is set;
    raises ConfigError where both are, or the file can't be read.
    """
    at_file = f"{name}_FILE"
    if at_file not in environment:
        return environment.get(name) or None
    if environment.get(name):
        raise ConfigError([Problem(f"{name} and {at_file} are both set; leave one out", at_file)])
    try:
        return Path(environment[at_file]).read_text(encoding="utf-8").rstrip("\r\n") or None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is no UTF-8 text"
        raise ConfigError([Problem(f"{environment[at_file]}: {reason}", at_file)]) from error
