"""The webhook example: nothing is lost between a dialer that dies and a service that fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from runtime.journal.entries import Ended
from runtime.journal.sqlite.file import open_to_read
from runtime.journal.sqlite.journal import numbered_entries

ROOT = Path(__file__).parents[2]
CONTACTS = 25
CONFIG = """
[[tenants]]
name = "acme"
max_concurrent = 3

[[connections]]
name = "east"
max_concurrent = 3

[[numbers]]
number = "+14155550100"
connection = "east"

[[campaigns]]
name = "spring"
primary = "+14155550100"
contacts = "contacts.csv"

[campaigns.retry_after]
no_answer = 0.2
voicemail = 0.2
busy = 0.2
failed = 0.2
callback = 0.2
unknown = 0.2

[run]
time_scale = 0.005
"""


class Service(HTTPServer):
    """Takes outcomes; every third request fails."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken: list[dict[str, str]] = []
        self.requests = 0


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests += 1
        fails = self.server.requests % 3 == 0
        if not fails:
            self.server.taken.append(body)
        self.send_response(500 if fails else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_each_outcome_arrives_also_when_the_dialer_is_killed(tmp_path: Path, service: Service) -> None:
    rows = "".join(f"c{number},+1415555{2000 + number}\n" for number in range(CONTACTS))
    (tmp_path / "contacts.csv").write_text(f"id,phone\n{rows}")
    (tmp_path / "run.toml").write_text(CONFIG)
    journal = tmp_path / "run.journal"
    url = f"http://127.0.0.1:{service.server_port}/outcomes"
    command = [sys.executable, str(ROOT / "examples" / "webhook.py"), "run.toml", str(journal), url]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    first = subprocess.Popen(command, cwd=tmp_path, env=environment)
    deadline = time.monotonic() + 60
    while len(service.taken) < 5:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    first.kill()
    first.wait()
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, timeout=90, check=False, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    connection = open_to_read(journal)
    ends = [entry.line for _, entry in numbered_entries(connection, journal) if isinstance(entry, Ended)]
    connection.close()
    taken = Counter(outcome["id"] for outcome in service.taken)
    assert set(taken) == {line.call for line in ends}
    assert sum(taken.values()) <= len(ends) + 5, "only what was not acknowledged comes twice"
    for contact in {line.contact for line in ends}:
        in_order = list(dict.fromkeys(one["id"] for one in service.taken if one["contact"] == contact))
        assert in_order == [line.call for line in ends if line.contact == contact]
