"""Edit the sound configuration into a bad one, and read what is said of it.

An edit is a pair (what is replaced, by what), text that is added at the end,
or a whole file as bytes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.errors import ConfigError
from trunkline.config import load_config

Edit = tuple[str, str] | str | bytes


def edited(pilot: str, edit: Edit) -> bytes:
    """Make the edit."""
    if isinstance(edit, bytes):
        return edit
    if isinstance(edit, str):
        return (pilot + edit).encode()
    old, new = edit
    assert old in pilot
    return pilot.replace(old, new, 1).encode()


def said_of(pilot: str, edit: Edit, folder: Path) -> list[str]:
    """List what is said of an edited configuration, without the file's name."""
    file = folder / "pilot.toml"
    file.write_bytes(edited(pilot, edit))
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert "Traceback" not in caught.value.problems[0].render()
    return [str(problem).removeprefix(str(file)) for problem in caught.value.problems]
