"""How script/setup decides, on machines that are stood in for by a few small commands.

Whole installations are too slow to repeat here; .ci/run makes one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOBODY: dict[str, Any] = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
"""Root may write anywhere, so it steps down where that matters."""
SCRIPTS = ["script/demo", "script/lint", "script/setup", "script/test", ".ci/run"]


class Machine:
    """A checkout in a path with a space, and a PATH on which commands can be replaced."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "a checkout"
        self.commands = folder / "bin"
        self.log = folder / "log"
        self.commands.mkdir()
        self.checkout.mkdir()
        shutil.copytree(ROOT / "script", self.checkout / "script")
        shutil.copy(ROOT / "pyproject.toml", self.checkout)
        self.command("id", "echo 1000")
        self.command("apt-get", f'echo "apt-get $*" >>"{self.log}"')
        self.python()

    def command(self, name: str, body: str) -> None:
        file = self.commands / name
        file.write_text(f"#!/bin/sh\n{body}\n")
        file.chmod(0o755)

    def python(self, *, venv: str = "true", version: str = "true") -> None:
        """Put a python3 on PATH; the arguments are shell conditions."""
        for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14", "python"):
            self.command(
                name,
                f'case "$*" in\n'
                f"*version_info\\ \\<*) {version} || exit 1 ;;\n"
                f"*ensurepip*) {venv} || exit 1 ;;\n"
                f"esac\n"
                f'echo "python $*" >>"{self.log}"\n'
                f'exec "{sys.executable}" "$@"',
            )

    def run(self, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", program],
            cwd="/",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
            env=os.environ | {"PATH": f"{self.commands}:{os.environ['PATH']}"} | environment,
        )

    def set_up(self, then: str = "") -> subprocess.CompletedProcess[str]:
        return self.run(f'. "{self.checkout}/script/setup"; {then or "set_up runtime"}')

    def logged(self) -> str:
        return self.log.read_text() if self.log.exists() else ""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def installed(machine: Machine) -> Machine:
    """A machine on which everything is installed already: a venv whose pip does nothing."""
    python = machine.checkout / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(
        f'#!/bin/sh\n[ "$1" = - ] && exec "{sys.executable}" "$@"\necho "pip $*" >>"{machine.log}"\n'
    )
    python.chmod(0o755)
    (machine.checkout / ".venv/made-in").write_text(f"{machine.checkout}\n")
    return machine


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_valid_bash(script: str) -> None:
    done = subprocess.run(["bash", "-n", ROOT / script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("script", [script for script in SCRIPTS if script != "script/setup"])
def test_a_script_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)


def test_without_venv_a_user_is_told_the_package_in_one_sentence(machine: Machine) -> None:
    machine.python(venv="false")

    done = machine.set_up()

    assert done.returncode == 1
    package = f"python3.{sys.version_info.minor}-venv"
    (sentence,) = done.stderr.splitlines()
    assert f"install the package {package} " in sentence
    assert machine.logged().count("apt-get") == 0


def test_without_venv_root_gets_the_package_installed(machine: Machine) -> None:
    there = machine.commands / "venv-is-there"
    machine.python(venv=f'test -e "{there}"')
    machine.command("id", "echo 0")
    machine.command(
        "apt-get", f'echo "apt-get $*" >>"{machine.log}"; case "$*" in *install*) touch "{there}" ;; esac'
    )

    done = machine.set_up("provide_venv python3")

    assert done.returncode == 0, done.stderr
    update, install = [line for line in machine.logged().splitlines() if line.startswith("apt-get")]
    assert update.endswith("update")
    assert install.endswith(f"python3.{sys.version_info.minor}-venv")


def test_a_command_that_the_tests_run_is_installed_with_its_package(installed: Machine) -> None:
    installed.command("id", "echo 0")

    done = installed.set_up("TEST_COMMANDS=(no-such-command:its-package sh:dash); set_up test")

    assert done.returncode == 0, done.stderr
    (install,) = [line for line in installed.logged().splitlines() if "apt-get" in line and "install" in line]
    assert install.endswith(" its-package")


def test_a_command_is_not_installed_for_those_who_only_run_the_program(installed: Machine) -> None:
    done = installed.set_up("TEST_COMMANDS=(no-such-command:its-package); set_up runtime")

    assert done.returncode == 0, done.stderr
    assert "apt-get" not in installed.logged()


@pytest.mark.parametrize("step", ["update", "install"])
def test_a_package_that_cannot_be_installed_is_named(machine: Machine, step: str) -> None:
    machine.python(venv="false")
    machine.command("id", "echo 0")
    machine.command("apt-get", f'case "$*" in *{step}*) echo "E: no {step}" >&2; exit 100 ;; esac')

    done = machine.set_up()

    assert done.returncode == 1
    assert f"E: no {step}" in done.stderr
    assert f"python3.{sys.version_info.minor}-venv could not be installed" in done.stderr.splitlines()[-1]


def test_a_python_that_is_too_old_is_said_in_one_sentence(machine: Machine) -> None:
    machine.python(version="false")

    done = machine.set_up()

    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert "Python 3.11 or newer" in sentence


def test_a_newer_python_is_found_beside_an_old_one(machine: Machine) -> None:
    machine.command("python3", "exit 1")

    done = machine.set_up("find_python")

    assert done.stdout.strip() == str(machine.commands / "python3.11")


def test_a_checkout_that_may_not_be_written_is_named() -> None:
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder))
        Path(folder).chmod(0o755)
        machine.checkout.chmod(0o555)

        done = subprocess.run(
            ["bash", "-c", f'. "{machine.checkout}/script/setup"; set_up runtime'],
            cwd="/",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            **NOBODY,
        )

        machine.checkout.chmod(0o755)
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert f"may not write to {machine.checkout}" in sentence


def test_a_group_is_installed_once(installed: Machine) -> None:
    assert installed.set_up("set_up runtime; set_up runtime").returncode == 0

    assert installed.logged().count("pip install") == 1


def test_what_is_installed_for_the_tests_is_enough_for_the_demo(installed: Machine) -> None:
    assert installed.set_up("set_up test; set_up runtime").returncode == 0

    assert installed.logged().count("pip install") == 1


def test_a_change_of_the_dependencies_is_installed(installed: Machine) -> None:
    installed.set_up()
    with (installed.checkout / "pyproject.toml").open("a") as file:
        file.write("# changed\n")

    installed.set_up()

    assert installed.logged().count("pip install") == 2


def test_an_installation_that_failed_is_tried_again(installed: Machine) -> None:
    python = installed.checkout / ".venv/bin/python"
    works = python.read_text()
    python.write_text(works + 'case "$*" in *pip\\ install*) exit 1 ;; esac\n')
    failed = installed.set_up()
    python.write_text(works)

    again = installed.set_up()

    assert (failed.returncode, again.returncode) == (1, 0)
    assert installed.logged().count("pip install") == 2


def test_what_pip_warns_of_is_not_passed_on_but_its_errors_are(installed: Machine) -> None:
    python = installed.checkout / ".venv/bin/python"
    pip = (
        'case "$*" in\n'
        '*pip\\ install*-qq*) echo "ERROR: no such thing" >&2; exit 1 ;;\n'
        '*pip\\ install*) echo "WARNING: you are root" >&2; exit 1 ;;\n'
        "esac\n"
    )
    python.write_text(python.read_text() + pip)

    done = installed.set_up()

    assert "WARNING" not in done.stderr
    assert "ERROR: no such thing" in done.stderr


def test_the_groups_are_read_without_help_from_pip(installed: Machine) -> None:
    runtime = installed.set_up("group_requirements runtime").stdout.splitlines()
    test = installed.set_up("group_requirements test").stdout.splitlines()
    dev = installed.set_up("group_requirements dev").stdout.splitlines()

    assert any(line.startswith("pykka") for line in runtime)
    assert not any(line.startswith("pytest") for line in runtime)
    assert {*runtime, *test} < {*dev}
    assert any(line.startswith("pytest") for line in test)
    assert any(line.startswith("mypy") for line in dev)


def test_two_scripts_at_once_install_once(installed: Machine) -> None:
    python = installed.checkout / ".venv/bin/python"
    python.write_text(python.read_text() + "sleep 0.2\n")
    setup = f'( . "{installed.checkout}/script/setup"; set_up runtime )'

    assert installed.run(f"{setup} & {setup}; wait").returncode == 0

    assert installed.logged().count("pip install") == 1


@pytest.mark.parametrize("script", ["demo", "test"])
def test_a_script_works_from_any_folder_and_hands_its_arguments_on(installed: Machine, script: str) -> None:
    done = installed.run(f'"{installed.checkout}/script/{script}" --some "argument with spaces"')

    assert done.returncode == 0, done.stderr
    assert installed.logged().splitlines()[-1].endswith("--some argument with spaces")


def test_nothing_of_pip_or_python_is_kept_outside_the_checkout(machine: Machine) -> None:
    names = "PIP_NO_CACHE_DIR PYTHONPYCACHEPREFIX HYPOTHESIS_STORAGE_DIRECTORY PYTEST_DEBUG_TEMPROOT"

    done = machine.set_up(f'for name in {names}; do echo "${{!name}}"; done')

    no_cache, *folders = done.stdout.splitlines()
    assert no_cache == "1"
    assert len(folders) == 3
    assert all(Path(folder).is_relative_to(machine.checkout) for folder in folders)
