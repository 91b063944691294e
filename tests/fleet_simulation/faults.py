"""What goes wrong, at the plan's instants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.ledger.resource import Kind
from tests.fleet_simulation.daemon import Daemon
from tests.fleet_simulation.plan import COUNTED, DAY, Fault
from tests.runtime.ledger.embedded import Server

if TYPE_CHECKING:
    from tests.fleet_simulation.world import World


class Faults:
    """Carries out a plan's faults; those that no promise covers are left out.

    Left out is what would make the fleet forget a daemon: it is dead or
    stopped, its writes are lost, and nobody is left who has heard of it.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.replacements = 0

    def schedule(self) -> None:
        """Put the plan's faults on the loop."""
        for fault in self.world.plan.faults:
            self.world.loop.at(fault.at, self._strike, fault)

    def stop(self) -> None:
        """End what lasts; the dead come back or are replaced."""
        world = self.world
        now = world.loop.now
        world.server_down_until = 0.0
        world.cut_off.clear()
        world.to_old_master.clear()
        for daemon in world.daemons:
            daemon.paused_until = min(daemon.paused_until, now)
            daemon.stops_at_next_send = 0.0
            if not daemon.alive:
                self._return(daemon)

    def _strike(self, fault: Fault) -> None:
        world, now = self.world, self.world.loop.now
        daemon = world.daemons[fault.daemon]
        world.say(f"fault {fault.kind} {daemon.name} {fault.seconds:.2f} {fault.variant}")
        match fault.kind:
            case "pause":
                if fault.variant % 2:
                    daemon.stops_at_next_send = fault.seconds
                else:
                    daemon.paused_until = now + fault.seconds
            case "kill" | "death":
                self._kill(daemon, fault)
            case "away":
                world.server_down_until = now + fault.seconds
            case "cut":
                ways = ("requests", "replies", "both")
                world.cut_off[fault.daemon] = (now + fault.seconds, ways[fault.variant % 3])
            case "restart":
                self._restart(fault)
            case "failover":
                self._fail_over(fault)
            case "step":
                self._step(daemon, fault)
            case _:
                self._change_limit(daemon, fault)

    def _kill(self, daemon: Daemon, fault: Fault) -> None:
        world = self.world
        if not daemon.alive or self._forgotten(self._data(), without=daemon):
            return
        daemon.die()
        if fault.kind == "kill":
            world.loop.after(fault.seconds, self._return, daemon)
        else:
            world.loop.after(fault.seconds, self._replace, daemon)

    def _return(self, daemon: Daemon) -> None:
        if daemon.alive or daemon not in self.world.daemons:
            return
        daemon.alive = True
        daemon.incarnation += 1
        daemon.paused_until = 0.0
        daemon.holders.clear()
        self.world.happened("a daemon came back with its journal")
        daemon.start()

    def _replace(self, daemon: Daemon) -> None:
        world = self.world
        if daemon.alive or daemon not in world.daemons:
            return
        self.replacements += 1
        world.happened("a daemon was replaced")
        place = world.daemons.index(daemon)
        for one in daemon.open.values():
            if one.call.id not in world.carrier.up:
                world.not_done.discard(one.call.contact)
        successor = world.begin(place, f"r{self.replacements}", daemon.backlog)
        world.daemons[place] = successor
        successor.start()

    def _restart(self, fault: Fault) -> None:
        world = self.world
        data = (None, {}, world.copies[0], world.copies[-1])[fault.variant % 4]
        if data is not None and self._forgotten(data):
            return
        self._note_loss(data)
        world.server.restart(data)
        world.server_down_until = world.loop.now + fault.seconds * 0.3

    def _fail_over(self, fault: Fault) -> None:
        world = self.world
        data = world.copies[fault.variant % len(world.copies)]
        if self._forgotten(data):
            return
        self._note_loss(data)
        if world.plan.lag:
            world.old_master = Server(life=world.server.life)
            world.old_master.data = world.server.copy()
            until = world.loop.now + world.plan.lag
            for place in range(0, world.plan.daemons, 2):
                world.to_old_master[place] = until
        world.server.restart(data)

    def _note_loss(self, data: dict[str, dict[str, str]] | None) -> None:
        self.world.happened("the server began another life")
        if data == {}:
            self.world.happened("the ledger was empty")
        elif data is not None:
            self.world.happened("an older copy was taken for the ledger")

    def _step(self, daemon: Daemon, fault: Fault) -> None:
        size = fault.seconds if fault.variant % 2 else -fault.seconds
        match fault.variant % 3:
            case 0:
                self.world.server_clock_step += 900 * size
                self.world.happened("Redis' clock was set")
            case 1:
                daemon.clocks.realtime_step += size
            case _:
                daemon.clocks.monotonic_step += size

    def _change_limit(self, daemon: Daemon, fault: Fault) -> None:
        kinds = [kind for kind in daemon.holders if kind in COUNTED or kind is Kind.RATE]
        if not kinds or not daemon.alive:
            return
        holder = daemon.holders[kinds[fault.variant % len(kinds)]]
        if not holder.generation:
            return
        limit = (1, 2, 4, 12)[fault.variant % 4]
        if limit < len(self.world.carrier.up):
            self.world.happened("a limit was lowered below what was in use")
        holder.change_limit(limit)

    def _data(self) -> dict[str, dict[str, str]]:
        return self.world.server.data

    def _forgotten(self, data: dict[str, dict[str, str]], without: Daemon | None = None) -> bool:
        """Tell whether the fleet would forget somebody who may have calls up."""
        world = self.world
        for kind, _ in world.plan.limits:
            fields = next((fields for key, fields in data.items() if f"{{{kind.value}:" in key), {})
            witnesses = [
                daemon
                for daemon in world.daemons
                if daemon is not without
                and daemon.alive
                and daemon.paused_until <= world.loop.now
                and daemon.holders
            ]
            told = {name for daemon in witnesses for name in daemon.holders[kind].known_nodes}
            told |= {daemon.name for daemon in witnesses}
            for name in self._busy(kind):
                if f"={name}" not in fields and name not in told:
                    return True
        return False

    def _busy(self, kind: Kind) -> set[str]:
        world = self.world
        names = {name for name, count in world.carrier.by_node.items() if count}
        names |= {daemon.name for daemon in world.daemons if daemon.open}
        if kind is Kind.DAY:
            today = int(world.loop.now // DAY) + 1
            names |= {name for name, day in world.carrier.last_day.items() if day >= today - 1}
        return names
