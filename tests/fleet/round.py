"""One round: daemons dial while things go wrong, then nothing goes wrong any more, then all is judged."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from tests.arbiter.__main__ import Terms
from tests.arbiter.process import ArbiterProcess, arbiter_process
from tests.fleet.campaigns import Fleet, timezone_at_midday, write_contacts, write_fleet
from tests.fleet.plan import Happening, Trouble, draw_plan
from tests.servers.proxy import Fault, Proxy
from tests.servers.redis_server import RedisServer
from tests.servers.stepped_clock import SteppedClock

ROOT = Path(__file__).parents[2]
DAEMONS = 8
LEASE = 3.0
DAEMON = ("setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "tests.kill.daemon")
STEPS = (-7200.0, -40.0, 40.0, 7200.0)
APPENDING = ("appendonly yes", "appendfsync everysec", "repl-diskless-sync-delay 0")


@dataclass(frozen=True)
class Terrain:
    """How large a round is, and for how long things go wrong in it."""

    seed: int
    contacts: int
    seconds: float
    daemons: int = DAEMONS
    lease: float = LEASE
    losing: bool = True
    """Whether Redis may lose what it has acknowledged."""
    apart: bool = False
    """Whether nothing happens to daemons about the time when it does."""
    end_seconds: float = 300.0
    """Within so much, after the last trouble, everything must be over."""


@dataclass
class Outcome:
    """What a round has left behind for its judge."""

    report: dict[str, Any]
    folders: list[Path]
    campaigns: dict[str, int]
    fleet: Fleet
    plan: list[Happening]
    unfinished: list[str]
    """The daemons that were still running at the end."""
    failed: list[str]
    ledger: dict[str, dict[str, str]]
    seconds: float
    lives: int


class Redis:
    """The server of the moment, a replica behind it, and all that happens to the two."""

    def __init__(self, folder: Path, stack: ExitStack, proxies: list[Proxy]) -> None:
        self._folder = folder
        self._stack = stack
        self._proxies = proxies
        self._count = count()
        self.clock = SteppedClock(folder / "clock")
        self.server = self._start()
        self._replica: RedisServer | None = None

    def _start(self, *options: str) -> RedisServer:
        folder = self._folder / f"redis{next(self._count)}"
        return self._stack.enter_context(RedisServer(folder, [*APPENDING, *options], clock=self.clock))

    def cut_off_a_replica(self) -> None:
        """Let a replica have everything of now, and nothing that comes."""
        replica = self._start(f"replicaof {self.server.address[0]} {self.server.port}")
        with replica.client() as client:
            while client.execute_command("ROLE")[3] != "connected":
                time.sleep(0.02)
            client.execute_command("REPLICAOF NO ONE")
        self._replica = replica

    def promote(self) -> None:
        """Send everybody to the replica, and let the old master die."""
        assert self._replica is not None
        old, self.server, self._replica = self.server, self._replica, None
        for proxy in self._proxies:
            proxy.target = self.server.address
            proxy.cut()
        old.kill()

    def take_a_copy(self) -> None:
        self._copy = self.server.keep("older")

    def come_back_older(self) -> None:
        """Be killed, and come back with the copy as all that is known."""
        old = self.server
        old.kill()
        folder = self._folder / f"redis{next(self._count)}"
        folder.mkdir()
        (folder / "dump.rdb").write_bytes(self._copy.read_bytes())
        server = RedisServer(folder, ["repl-diskless-sync-delay 0"], clock=self.clock, port=old.port)
        self.server = self._stack.enter_context(server)
        with self.server.client() as client:  # from here on it appends again
            client.config_set("appendonly", "yes")

    def come_back_empty(self) -> None:
        old = self.server
        old.kill()
        folder = self._folder / f"redis{next(self._count)}"
        self.server = self._stack.enter_context(
            RedisServer(folder, APPENDING, clock=self.clock, port=old.port)
        )

    def start_again(self) -> None:
        self.server.start()

    def ledger(self) -> dict[str, dict[str, str]]:
        """Read all that is kept about limits, by key."""
        with self.server.client() as client:
            keys: list[str] = sorted(client.keys("trunkline:*"))
            return {key: client.hgetall(key) for key in keys if key.endswith("}")}


class Dialer:
    """A daemon's process, over all its lives."""

    def __init__(self, name: str, folder: Path, arbiter: str) -> None:
        self.name = name
        self.folder = folder
        self._arbiter = arbiter
        self._process: subprocess.Popen[bytes] | None = None
        self.lives = 0
        self.codes: list[int] = []

    def start(self) -> None:
        """Begin a life, unless one is under way."""
        if self._process is not None:
            return
        self.lives += 1
        with (self.folder / "errors").open("ab") as errors:
            self._process = subprocess.Popen(
                [*DAEMON, str(self.folder), self._arbiter, self.name],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )

    def is_over(self) -> bool:
        """Tell whether it has ended by itself."""
        if self._process is not None and self._process.poll() is not None:
            self.codes.append(self._process.returncode)
            self._process = None
        return self._process is None and bool(self.codes)

    def kill(self) -> None:
        if self._process is not None and not self.is_over():
            assert self._process is not None
            self._process.kill()
            self._process.wait()
            self._process = None

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None and not self.is_over():
            assert self._process is not None
            self._process.send_signal(number)


class Round:
    """Runs a plan over daemons, their Redis and the ways between."""

    def __init__(self, folder: Path, terrain: Terrain) -> None:
        self._folder = folder
        self._terrain = terrain
        self._random = Random(terrain.seed)
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._dialers: list[Dialer] = []
        self._proxies: list[Proxy] = []

    def run(self) -> Outcome:
        """Run it to its end, or until it should long be over."""
        terrain = self._terrain
        with ExitStack() as stack:
            redis = Redis(self._folder, stack, self._proxies)
            for _ in range(terrain.daemons):
                self._proxies.append(stack.enter_context(Proxy(redis.server.address, slow_seconds=0.15)))
            fleet, campaigns = self._write()
            terms = Terms(fleet.limits, terrain.seed, long_rate=0.02, tells=self._random.random() < 0.7)
            arbiter = stack.enter_context(arbiter_process(self._folder, terms))
            for place in range(terrain.daemons):
                dialer = Dialer(f"d{place}", self._folder / f"d{place}", arbiter.socket)
                self._dialers.append(dialer)
                stack.callback(dialer.kill)
            plan = draw_plan(
                self._random,
                terrain.seconds,
                terrain.daemons,
                terrain.lease,
                losing=terrain.losing,
                apart=terrain.apart,
            )
            began = time.monotonic()
            last = self._schedule(plan, redis)
            for dialer in self._dialers:
                dialer.start()
            self._dial(began, last + terrain.end_seconds)
            seconds = time.monotonic() - began
            unfinished = [dialer.name for dialer in self._dialers if not dialer.is_over()]
            return Outcome(
                report=self._settled(arbiter),
                folders=[dialer.folder for dialer in self._dialers],
                campaigns=campaigns,
                fleet=fleet,
                plan=plan,
                unfinished=unfinished,
                failed=[one.name for one in self._dialers if one.codes and one.codes[-1] != 0],
                ledger=redis.ledger(),
                seconds=seconds,
                lives=sum(dialer.lives for dialer in self._dialers),
            )

    def _write(self) -> tuple[Fleet, dict[str, int]]:
        state, timezone = self._random.getstate(), timezone_at_midday(time.time())
        for place, proxy in enumerate(self._proxies):
            folder = self._folder / f"d{place}"
            folder.mkdir()
            self._random.setstate(state)
            url = f"redis://127.0.0.1:{proxy.port}"
            fleet = write_fleet(self._random, url, self._terrain.lease, self._terrain.contacts, timezone)
            campaigns = write_contacts(folder, self._random, self._terrain.contacts)
            (folder / "run.toml").write_text(fleet.text)
        return fleet, campaigns

    def _dial(self, began: float, until: float) -> None:
        while time.monotonic() - began < until:
            now = time.monotonic() - began
            while self._agenda and self._agenda[0][0] <= now:
                _, _, do = heappop(self._agenda)
                do()
            over = [dialer.is_over() for dialer in self._dialers]
            if not self._agenda and all(over):
                return
            time.sleep(0.02)

    def _settled(self, arbiter: ArbiterProcess) -> dict[str, Any]:
        """Ask the arbiter, once the calls that nobody waits for are over."""
        deadline = time.monotonic() + 30
        while arbiter.report()["up"] and time.monotonic() < deadline:
            time.sleep(0.1)
        return arbiter.report()

    # The plan

    def _schedule(self, plan: list[Happening], redis: Redis) -> float:
        """Put everything on the agenda; gives when the last of it is over."""
        for happening in plan:
            for at, do in self._acts(happening, redis):
                heappush(self._agenda, (at, next(self._order), do))
        return max((at for at, _, _ in self._agenda), default=0.0)

    def _acts(self, happening: Happening, redis: Redis) -> Iterator[tuple[float, Callable[[], None]]]:
        at, trouble, place, seconds = happening
        dialer, proxy = self._dialers[place], self._proxies[place]
        match trouble:
            case Trouble.KILL:
                yield at, dialer.kill
                yield at + seconds, dialer.start
            case Trouble.STOP:
                yield at, lambda: dialer.signal(signal.SIGSTOP)
                yield at + seconds, lambda: dialer.signal(signal.SIGCONT)
            case Trouble.REDIS_RESTARTED:
                yield at, lambda: redis.server.kill()
                yield at + seconds, redis.start_again
            case Trouble.REDIS_OLDER:
                yield at, redis.take_a_copy
                yield at + seconds, redis.come_back_older
            case Trouble.REDIS_EMPTIED:
                yield at, redis.come_back_empty
            case Trouble.REDIS_PROMOTED:
                yield at, redis.cut_off_a_replica
                yield at + seconds, redis.promote
            case Trouble.CLOCK:
                step = self._random.choice(STEPS)
                yield at, lambda: redis.clock.set(step)
                yield at + seconds, lambda: redis.clock.set(0.0)
            case Trouble.REDIS_PAUSED:
                yield at, lambda: redis.server.pause()
                yield at + seconds, lambda: redis.server.go_on()
            case _:
                fault = Fault(trouble.value)
                yield at, lambda: setattr(proxy, "fault", fault)
                yield at + seconds, lambda: setattr(proxy, "fault", Fault.NONE)
