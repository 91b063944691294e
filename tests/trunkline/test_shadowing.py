"""`actors` and `runtime` are common names: what happens if they are not ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import trunkline

HOME = Path(trunkline.__file__).parent.parent


def import_trunkline(*folders_before_ours: Path, first: str = "") -> subprocess.CompletedProcess[str]:
    """Import it in a fresh process with other folders earlier on sys.path."""
    path = [*map(str, folders_before_ours), str(HOME)]
    program = f"import sys; sys.path[:0] = {path!r}\n{first}\nimport trunkline\nprint(trunkline.__version__)"
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )


@pytest.mark.parametrize("package", ["actors", "runtime"])
@pytest.mark.parametrize("file", ["{}.py", "{}/__init__.py"])
def test_a_file_that_shadows_a_package_is_named_and_not_run(tmp_path: Path, package: str, file: str) -> None:
    intruder = tmp_path / file.format(package)
    intruder.parent.mkdir(exist_ok=True)
    intruder.write_text("raise SystemExit('the intruder ran')")

    done = import_trunkline(tmp_path)

    assert done.returncode == 1
    assert "the intruder ran" not in done.stderr
    last_line = done.stderr.splitlines()[-1]
    assert last_line.startswith("ImportError: ")
    assert repr(package) in last_line
    assert str(intruder) in last_line


def test_a_shadow_that_is_loaded_already_is_named(tmp_path: Path) -> None:
    intruder = tmp_path / "actors.py"
    intruder.write_text("")

    done = import_trunkline(tmp_path, first="import actors")

    assert done.returncode == 1
    assert str(intruder) in done.stderr.splitlines()[-1]


def test_a_shadow_made_up_in_memory_is_refused() -> None:
    done = import_trunkline(first="import types; sys.modules['runtime'] = types.ModuleType('runtime')")

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("ImportError: Trunkline needs its own package 'runtime'")


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    (tmp_path / "trunkline").symlink_to(HOME / "trunkline")
    program = (
        "import sys\n"
        f"sys.path = [{str(tmp_path)!r}, *(p for p in sys.path if p and 'site-packages' not in p)]\n"
        "import trunkline"
    )

    done = subprocess.run(
        [sys.executable, "-S", "-E", "-B", "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )

    assert done.returncode == 1
    assert "package 'actors' is missing" in done.stderr.splitlines()[-1]


def test_a_folder_without_init_does_not_shadow(tmp_path: Path) -> None:
    (tmp_path / "actors").mkdir()
    (tmp_path / "runtime").mkdir()

    done = import_trunkline(tmp_path)

    assert (done.returncode, done.stdout.strip()) == (0, trunkline.__version__)


def test_a_copy_of_trunkline_elsewhere_is_not_shadowed_by_the_working_folder(tmp_path: Path) -> None:
    (tmp_path / "actors.py").write_text("")

    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(HOME)!r}); import trunkline"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )

    assert done.returncode == 0, done.stderr
