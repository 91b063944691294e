"""Where an experiment's runs are made: on this machine's cores or on a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager

from runtime.file_errors import why

PATIENCE_SECONDS = 10

_ADDRESS = re.compile(
    r"(?:tcp|tls|wss?)://(?P<host>[^/\s:]+|\[[0-9A-Fa-f:]+\]):(?P<port>[0-9]{1,5})", re.ASCII
)


class NoScheduler(RuntimeError):
    """No Dask cluster answers where `--dask` says."""


class NoAddress(ValueError):
    """What `--dask` says is no address of a scheduler."""


@contextmanager
def processes(jobs: int | None) -> Iterator[Executor]:
    """Give a process a core, or `jobs` of them; left before they are done, they are ended."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs or os.cpu_count() or 1, mp_context=context, initializer=_quiet_worker)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _quiet_worker() -> None:
    """Leave Ctrl-C to the process that has the results."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """Give the workers of a Dask cluster; raises NoScheduler, NoAddress."""
    from distributed import Client

    _look_for(address)
    try:
        client = Client(address, timeout=PATIENCE_SECONDS)  # type: ignore[no-untyped-call]  # it has no types
    except (OSError, ValueError) as error:
        raise NoScheduler(f"no Dask scheduler answers at {address}: {error}") from None
    with client:
        yield client.get_executor()  # type: ignore[no-untyped-call]  # nor here


def _look_for(address: str) -> None:
    """See whether anybody listens there: a client that waits in vain leaves threads behind."""
    match = _ADDRESS.fullmatch(address)
    if match is None or not 0 < int(match["port"]) < 65536:
        raise NoAddress(f"{address!r} is no scheduler's address; write it as in tcp://10.0.0.5:8786")
    try:
        socket.create_connection((match["host"].strip("[]"), int(match["port"])), PATIENCE_SECONDS).close()
    except OSError as error:
        raise NoScheduler(f"no Dask scheduler answers at {address}: {why(error)}") from None
