"""Shell completion, as a shell asks for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

AS_INSTALLED = "import sys; sys.argv = ['trunkline']; from trunkline.cli import main; main()"


def complete(shell: str, words: str) -> str:
    """Ask as the script that `--show-completion` prints does; what is offered."""
    asked = {
        "_TRUNKLINE_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": f"trunkline {words}",
        "COMP_CWORD": str(len(words.split(" "))),
        "_TYPER_COMPLETE_ARGS": f"trunkline {words}",
    }
    done = subprocess.run(
        [sys.executable, "-c", AS_INSTALLED],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **asked},
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_command_is_completed(shell: str) -> None:
    offered = complete(shell, "sim")

    assert "simulate" in offered
    assert "capacity" not in offered


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_an_option_is_completed(shell: str) -> None:
    assert "--seed" in complete(shell, "simulate --se")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_printed(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trunkline", "--show-completion", shell],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "TRUNKLINE_COMPLETE" in done.stdout.upper()
