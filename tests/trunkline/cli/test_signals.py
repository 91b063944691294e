"""SIGINT and SIGTERM end a run in order, whenever they come."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CODES = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]

# Sends itself a signal at a moment that no one outside could hit for certain.
AT = """
import os, signal, sys

moment, number = sys.argv.pop(1), int(sys.argv.pop(1))

def once(function):
    def first_a_signal(*args, **kwargs):
        os.kill(os.getpid(), number)
        return function(*args, **kwargs)
    return first_a_signal

import trunkline.cli, trunkline.cli.signals

match moment:
    case "importing":
        class Finder:
            def find_spec(self, name, path=None, target=None):
                if name == "trunkline.cli.app":
                    os.kill(os.getpid(), number)
        sys.meta_path.insert(0, Finder())
    case "configuring":
        import trunkline.config
        trunkline.config.load_config = once(trunkline.config.load_config)
    case "reading":
        import trunkline.cli.dialing as dialing
        dialing.check_file = once(dialing.check_file)
    case "starting":
        import trunkline.engine as engine
        engine.Engine.start = once(engine.Engine.start)
    case "ended":
        import trunkline.engine as engine
        engine.Engine._end = once(engine.Engine._end)
    case "printing":
        import trunkline.cli.dialing as dialing
        dialing._print = once(dialing._print)

trunkline.cli.main()
"""


def run_with_signal(
    moment: str, number: signal.Signals, command: str, config: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", AT, moment, str(int(number)), command, str(config), "--json", "--quiet"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=100,
        check=False,
    )


@pytest.mark.parametrize(("number", "code"), CODES)
@pytest.mark.parametrize("moment", ["importing", "configuring", "reading"])
def test_a_signal_before_anything_is_dialed_ends_at_once_in_one_line(
    config: Path, moment: str, number: signal.Signals, code: int
) -> None:
    done = run_with_signal(moment, number, "run", config)

    assert done.returncode == code
    assert done.stderr == f"trunkline: {'interrupted' if code == 130 else 'terminated'}\n"
    assert done.stdout == ""


@pytest.mark.parametrize(("number", "code"), CODES)
@pytest.mark.parametrize("command", ["run", "simulate"])
@pytest.mark.parametrize("moment", ["starting", "ended", "printing"])
def test_a_signal_at_the_edge_of_a_run_still_lets_it_print_its_summary(
    config: Path, moment: str, command: str, number: signal.Signals, code: int
) -> None:
    short = "\n[campaigns.retry_after]\nno_answer = 'never'\nvoicemail = 'never'\nbusy = 'never'\n"
    short += "failed = 'never'\ncallback = 'never'\n[run]\ntime_scale = 0.002\n"
    config.write_text(config.read_text() + short)

    done = run_with_signal(moment, number, command, config)

    assert done.returncode == code, done.stderr
    assert done.stderr == ""
    (campaign,) = json.loads(done.stdout)["campaigns"] or [{"attempts": 0}]
    assert (campaign["attempts"] >= 40) == (moment != "starting")


def dial_until_the_first_call(config: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a run that lasts for hours; return it when its first call is placed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "trunkline", "run", str(config), "--log-file", "-", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # what is not read here is left for `communicate`
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    while b'"dispatch.granted"' not in process.stdout.readline():
        assert process.poll() is None, "it ended before it dialed"
    return process


@pytest.mark.parametrize(("number", "code"), CODES)
def test_a_signal_lets_calls_end_and_then_exits(config: Path, number: signal.Signals, code: int) -> None:
    config.write_text(config.read_text() + "\n[run]\ntime_scale = 0.02\n")
    process = dial_until_the_first_call(config, "--drain", "1h", "--quiet")

    process.send_signal(number)
    said, errors = process.communicate(timeout=100)

    lines = [line for line in said.splitlines() if line.startswith(b'{"')]
    events = [json.loads(line)["event"] for line in lines]
    assert process.returncode == code, errors
    assert errors == b""
    assert events.count("dispatch.granted") + 1 == events.count("call.ended")  # one grant was read before
    assert events[-1] == "engine.stopped"


def test_a_second_signal_hangs_up(config: Path) -> None:
    process = dial_until_the_first_call(config, "--drain", "1h")  # calls of a minute each

    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=100)

    ends = [json.loads(line) for line in said.splitlines() if b'"call.ended"' in line]
    assert process.returncode in (130, 143), errors  # both may be pending at once: the system's order
    assert "closing" in {end["cause"] for end in ends}
