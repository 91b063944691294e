"""Ports of this machine that nobody listens on."""

from __future__ import annotations

import socket

_given: set[int] = set()


def free_port() -> int:
    """Name a port that is free; never the same one twice in a process."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port
