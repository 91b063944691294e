"""The drawing library that goes into the page: Vega-Lite, by the extra `report`."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

NEEDED = "--report needs Vega-Lite: pip install 'trunkline[report]'"


def is_installed() -> bool:
    """Tell whether the extra is there, without importing it."""
    return find_spec("vl_convert") is not None


@cache
def javascript() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, safe inside <script>."""
    import vl_convert

    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")
