"""How Sphinx builds these pages: `python -m sphinx -W docs docs/_build`."""

from trunkline.version import __version__

project = "Trunkline"
release = __version__
extensions = ["myst_parser"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "Trunkline"
