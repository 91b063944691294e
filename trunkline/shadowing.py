"""Make sure that the packages `actors` and `runtime` are Trunkline's own.

Their names are generic, so a file `actors.py` in somebody's working folder
comes before ours on `sys.path` and would be imported in its place.
"""

from __future__ import annotations

import importlib.util
import os
import sys

PACKAGES = ("actors", "runtime")
MARKER = "part_of_trunkline.txt"


def refuse_shadowed_packages() -> None:
    """Raise ImportError if another package stands in the place of ours.

    The error names the file that does. A package that is found here isn't
    imported: what shadows ours must not run.
    """
    for package in PACKAGES:
        place = find_package(package)
        if place is None:
            raise ImportError(
                f"Trunkline's package {package!r} is missing; install trunkline again", name=package
            )
        if not os.path.isfile(os.path.join(os.path.dirname(place), MARKER)):
            raise ImportError(
                f"Trunkline needs its own package {package!r}, but {place} shadows it: "
                "rename that, or put its folder behind Trunkline's on sys.path",
                name=package,
                path=place,
            )


def find_package(name: str) -> str | None:
    """Tell which file `import name` would run, or None if there is none."""
    loaded = sys.modules.get(name)
    if loaded is not None:
        return getattr(loaded, "__file__", None) or repr(loaded)
    spec = importlib.util.find_spec(name)
    if spec is None:
        return None
    if spec.origin is None:  # a folder without __init__.py
        return next(iter(spec.submodule_search_locations or ()), None)
    return spec.origin
