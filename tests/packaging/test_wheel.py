"""What is in the packages that are published: built as a source archive, and from that as a wheel."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("actors", "runtime", "trunkline")


def build(kind: str, source: Path, folder: Path) -> Path:
    """Call the build backend as pip does; it needs neither network nor pip."""
    program = f"import sys; from hatchling import build; print(build.build_{kind}(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        cwd=source,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def unpacked(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)  # since 3.11.4
        archive.extractall(folder)
    (source,) = folder.iterdir()
    return source


@pytest.fixture(scope="module")
def wheel(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return zipfile.ZipFile(build("wheel", unpacked, tmp_path_factory.mktemp("wheel")))


@pytest.fixture(scope="module")
def metadata_folder(wheel: zipfile.ZipFile) -> str:
    (folder,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    return folder


def package_files() -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }


def test_the_wheel_holds_the_three_packages_and_nothing_else(
    wheel: zipfile.ZipFile, metadata_folder: str
) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}

    assert tops == {*PACKAGES, metadata_folder}
    assert metadata_folder.startswith("trunkline-")


def test_the_wheel_holds_every_file_of_the_packages(wheel: zipfile.ZipFile, metadata_folder: str) -> None:
    held = {name for name in wheel.namelist() if not name.startswith(metadata_folder)}

    assert held == package_files()


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("file", ["__init__.py", "py.typed", "part_of_trunkline.txt"])
def test_each_package_is_typed_and_marked(wheel: zipfile.ZipFile, package: str, file: str) -> None:
    assert f"{package}/{file}" in wheel.namelist()


def test_the_wheel_brings_the_license_and_the_command(wheel: zipfile.ZipFile, metadata_folder: str) -> None:
    assert f"{metadata_folder}/licenses/LICENSE" in wheel.namelist()
    entry_points = wheel.read(f"{metadata_folder}/entry_points.txt").decode().split()
    assert entry_points == ["[console_scripts]", "trunkline", "=", "trunkline.cli:main"]


def test_the_metadata_names_version_license_and_python(wheel: zipfile.ZipFile, metadata_folder: str) -> None:
    metadata = HeaderParser().parsestr(wheel.read(f"{metadata_folder}/METADATA").decode())

    assert f"trunkline-{metadata['Version']}.dist-info" == metadata_folder
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert not [name for name in requirements(metadata) if name.startswith("redis")]


def requirements(metadata: Message) -> list[str]:
    """Those that hold without any extra."""
    return [name for name in metadata.get_all("Requires-Dist", []) if "extra ==" not in name]


def test_the_wheel_can_be_imported_from_where_it_is_installed(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "site")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import actors, runtime, trunkline; "
        "print(actors.__file__, runtime.__file__, trunkline.__file__, trunkline.__version__, sep='\\n')"
    )

    done = subprocess.run(
        [sys.executable, "-P", "-B", "-c", program, str(tmp_path / "site")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    *files, version = done.stdout.splitlines()
    assert files == [str(tmp_path / "site" / package / "__init__.py") for package in PACKAGES]
    assert version in Path(str(wheel.filename)).name


@pytest.mark.parametrize(
    "file",
    [
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "pyproject.toml",
        "script/test",
        "tests/packaging/test_wheel.py",
    ],
)
def test_the_source_archive_holds_what_is_needed_to_work_on_it(unpacked: Path, file: str) -> None:
    assert (unpacked / file).is_file()


def test_the_source_archive_holds_nothing_that_was_made_here(unpacked: Path) -> None:
    made_here = {".venv", ".git", "__pycache__", ".hypothesis", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
    found = {part for path in unpacked.rglob("*") for part in path.relative_to(unpacked).parts}

    assert not made_here & found
