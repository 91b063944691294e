"""A Dask cluster of this machine's own processes, on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]


class Cluster(NamedTuple):
    """The scheduler's address and the worker processes."""

    address: str
    workers: list[subprocess.Popen[bytes]]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(folder: Path, module: str, *arguments: str) -> subprocess.Popen[bytes]:
    log = (folder / f"{module.rsplit('_', 1)[-1]}.log").open("ab")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "20s",
        "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "20s",
    }
    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
    with log:
        return subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "the scheduler has ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the scheduler does not listen")


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """Run a scheduler and workers of one thread each until the block is left."""
    port = _free_port()
    address = f"tcp://127.0.0.1:{port}"
    scheduler = _start(
        folder, "dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show"
    )
    processes = [scheduler]
    try:
        _await_port(port, scheduler)
        mine = [
            _start(
                folder,
                "dask_worker",
                *(address, "--host", "127.0.0.1", "--no-nanny", "--nthreads", "1"),
                *("--no-dashboard", "--memory-limit", "0", "--local-directory", str(folder)),
            )
            for _ in range(workers)
        ]
        processes += mine
        yield Cluster(address, mine)
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()
