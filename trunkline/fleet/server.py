"""Say what of the guarantees the shared state's settings put at risk."""

from __future__ import annotations

import os

from trunkline.config import Config
from trunkline.engine.shared_state import credentials
from trunkline.preflight import Finding, Level

ANSWER_SECONDS = 2.0
"""How long the server may take to answer."""


def state_findings(config: Config) -> list[Finding]:
    """Ask the server that the configuration names for its settings; nothing where it names none."""
    if config.state is None:
        return []
    from runtime.redis.client import Credentials
    from runtime.redis.server_settings import ServerAway, read_settings, weaknesses

    user, password = credentials(os.environ)
    try:
        settings = read_settings(config.state.url, Credentials(user, password), timeout=ANSWER_SECONDS)
    except ServerAway as error:
        sentence = f"The shared state at {config.state.url} can't be asked: {str(error).rstrip('. ')}."
        return [Finding(Level.WARNING, "state_away", sentence)]
    found = [
        Finding(Level.WARNING, f"state_{weakness.value}", f"The shared state: {sentence}.")
        for weakness, sentence in weaknesses(settings)
    ]
    answers = f"The shared state answers: Redis {settings.version} at {settings.server}."
    return found or [Finding(Level.OK, "state", answers)]
