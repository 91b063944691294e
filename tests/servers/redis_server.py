"""Real redis-servers for tests, from Debian's package.

Each lives in a folder of its own on a free port. It dies with the thread
that has started it, however that ends, so nothing is left behind.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import redis
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.servers.certificate import Certificate
from tests.servers.ports import free_port
from tests.servers.stepped_clock import SteppedClock

START_SECONDS = 20.0


class ServerDied(RuntimeError):
    """A server ended before it answered; the text is the end of its log."""


class RedisServer:
    """One redis-server: started, killed, paused, restarted, promoted by the test.

    `options` are lines of redis.conf. Nothing is kept over a restart unless
    they say so (`appendonly yes`), or `save` has been called.
    """

    def __init__(
        self,
        folder: Path,
        options: Sequence[str] = (),
        *,
        port: int | None = None,
        clock: SteppedClock | None = None,
        certificate: Certificate | None = None,
        sentinel: bool = False,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port() if port is None else port
        self.options = list(options)
        self._clock = clock
        self._certificate = certificate
        self._sentinel = sentinel
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        scheme = "redis" if self._certificate is None else "rediss"
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    @property
    def is_running(self) -> bool:
        return self._process is not None

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def __enter__(self) -> RedisServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> RedisServer:
        """Start it, on the same port and folder as before, and wait until it answers."""
        assert self._process is None
        (self.folder / "redis.conf").write_text("\n".join(self._lines()) + "\n")
        command = ["redis-server", "redis.conf", *(["--sentinel"] if self._sentinel else [])]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment(),
            )
        self._wait_until_it_answers()
        return self

    def kill(self) -> None:
        """End it at once; what it has not synced is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End it in order; it saves what it is configured to."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(timeout=START_SECONDS)
        self._process = None

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def pause(self) -> None:
        """Stop it by SIGSTOP: connections stay up and nothing is answered."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def keep(self, name: str = "kept") -> Path:
        """Write its data of this moment to a file that `restart_from` takes."""
        with self.client() as client:
            client.save()
        return Path(shutil.copy(self.folder / "dump.rdb", self.folder / f"{name}.rdb"))

    def restart_from(self, kept: Path) -> None:
        """Kill it and start it again with older data: what was written since is lost."""
        self.kill()
        shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)
        shutil.copy(kept, self.folder / "dump.rdb")
        self.start()

    def client(self, **options: Any) -> Redis:
        """Connect to it: a plain client, for the test's own questions."""
        if self._certificate is not None:
            options = {"ssl": True, "ssl_ca_certs": str(self._certificate.authority), **options}
        retry = Retry(NoBackoff(), 0)
        return Redis("127.0.0.1", self.port, decode_responses=True, retry=retry, **options)

    def cpu_seconds(self) -> float:
        """Tell the CPU time that it has used."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def _lines(self) -> Iterator[str]:
        yield "bind 127.0.0.1"
        if self._certificate is None:
            yield f"port {self.port}"
        else:
            yield from ("port 0", f"tls-port {self.port}", "tls-auth-clients no")
            yield f'tls-cert-file "{self._certificate.chain}"'
            yield f'tls-key-file "{self._certificate.key}"'
            yield f'tls-ca-cert-file "{self._certificate.authority}"'
        if not self._sentinel:
            yield from ("save ''", "appendonly no", "dir ./", "repl-diskless-sync-delay 0")
        yield from self.options

    def _environment(self) -> Mapping[str, str] | None:
        return None if self._clock is None else self._clock.environment(self.folder)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert self._process is not None
            if self._process.poll() is not None:
                self._process = None
                raise ServerDied(self.log[-2000:])
            try:
                with self.client(socket_timeout=START_SECONDS) as client:
                    client.ping()
                return
            except redis.AuthenticationError:
                return
            except (redis.BusyLoadingError, redis.ConnectionError, redis.TimeoutError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)


@contextmanager
def running(folder: Path, *options: str) -> Iterator[RedisServer]:
    """Run a redis-server while the block lasts."""
    with RedisServer(folder, options) as server:
        yield server
