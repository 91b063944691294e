"""Contacts from a pipe that stays open: dialing and signals go on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def piped(config: Path) -> Path:
    text = config.read_text().replace('"contacts.csv"', '"-"\nmax_attempts = 1\nmax_carrier_failures = 1')
    config.write_text(text + "\n[run]\ntime_scale = 0.002\n")
    return config


@pytest.fixture
def process(piped: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "trunkline", "run", piped.name, "--log-file", "run.log", "--quiet"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=piped.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        yield process
        process.kill()


def wait_for(log: Path, event: str, count: int) -> list[dict[str, Any]]:
    for _ in range(600):
        lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        found = [line for line in lines if line["event"] == event]
        if len(found) >= count:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{event} did not come {count} times: {lines[-3:]}")


def send(process: subprocess.Popen[bytes], text: str) -> None:
    assert process.stdin is not None
    process.stdin.write(text.encode())
    process.stdin.flush()


def test_contacts_are_called_while_the_pipe_is_silent_and_a_signal_ends_the_run(
    process: subprocess.Popen[bytes], piped: Path
) -> None:
    log = piped.parent / "run.log"

    send(process, "id,phone\na,+14155552001\nb,+14155552002\n")
    wait_for(log, "contact.finished", 2)
    send(process, "c,+14155552003\n")
    finished = wait_for(log, "contact.finished", 3)
    process.send_signal(signal.SIGINT)
    code = process.wait(timeout=60)

    assert {line["contact"] for line in finished} == {"a", "b", "c"}
    assert code == 130
    assert process.stderr is not None
    assert process.stderr.read() == b""


def test_the_run_ends_with_the_pipe(process: subprocess.Popen[bytes], piped: Path) -> None:
    send(process, "id,phone\na,+14155552001\n")
    wait_for(piped.parent / "run.log", "contact.finished", 1)
    assert process.stdin is not None
    process.stdin.close()

    assert process.wait(timeout=60) == 0


def test_a_canceled_campaign_ends_while_the_pipe_is_silent(piped: Path) -> None:
    event = 'at = "1s"\nkind = "cancel_campaign"\ncampaign = "spring"\n'
    piped.write_text(piped.read_text() + f"\n[[scenario.events]]\n{event}")
    command = [sys.executable, "-m", "trunkline", "run", piped.name, "--log-file", "run.log", "--quiet"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=piped.parent, env=environment) as process:
        send(process, "id,phone\na,+14155552001\n")
        code = process.wait(timeout=60)

    assert code == 0
    (finished,) = wait_for(piped.parent / "run.log", "campaign.finished", 1)
    assert finished["rows"] == 1


def test_a_silent_pipe_does_not_keep_a_simulation_from_being_interrupted(piped: Path) -> None:
    command = [sys.executable, "-m", "trunkline", "simulate", piped.name, "--log-file", "s.log", "--quiet"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, cwd=piped.parent, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as process:
        send(process, "id,phone\na,+14155552001\n")
        for _ in range(600):
            if (piped.parent / "s.log").exists():
                break
            time.sleep(0.1)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=60)

    assert code == 143


def test_a_pipe_is_dialed_in_virtual_time_as_a_file_is(config: Path, trunkline: Command) -> None:
    trunkline("simulate", config.name, "--seed", "3", "--log-file", "file.log")
    rows = (config.parent / "contacts.csv").read_text()
    config.write_text(config.read_text().replace('"contacts.csv"', '"-"'))

    done = subprocess.run(
        [sys.executable, "-m", "trunkline", "simulate", config.name, "--seed", "3", "--log-file", "pipe.log"],
        input=rows,
        capture_output=True,
        text=True,
        cwd=config.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
        check=False,
    )

    def calls(name: str) -> list[tuple[Any, ...]]:
        lines = [json.loads(line) for line in (config.parent / name).read_text().splitlines()]
        return [
            (one["timestamp"], one["event"], one.get("contact"), one.get("number"))
            for one in lines
            if one["event"].startswith(("dispatch.granted", "call.ended"))
        ]

    assert done.returncode == 0, done.stderr
    assert calls("pipe.log") == calls("file.log")
    assert len(calls("file.log")) > 80
