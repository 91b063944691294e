"""One daemon's log stays true where its limits are shared."""

from __future__ import annotations

from pathlib import Path

from tests.trunkline.sharing.fleet import Fleet, pilot
from trunkline.audit import Audit


def test_each_daemons_log_breaks_no_rule_of_the_audit(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, pilot(connection=6, tenant=8, rate=3, number=4, campaign=7))
    for _ in range(3):
        fleet.daemon(30)
    fleet.run()
    for daemon in fleet.daemons:
        audit = Audit()
        for line, (time, event) in enumerate(daemon.log, start=1):
            audit.feed(line, time, event)
        report = audit.finish()
        assert report.counts == {}
        assert report.complete
        assert report.contacts == 30


def test_the_breakdown_tells_the_limit_and_what_this_daemon_holds_of_it(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, pilot(connection=6, tenant=8, campaign=7))
    fleet.daemon(100)
    fleet.daemon(100)
    fleet.run()
    told = [(one.named("pool.capacity"), one.named("dispatch.granted")) for one in fleet.daemons]
    for capacities, grants in told:
        assert capacities
        for capacity in capacities:
            (east,) = capacity.connections
            assert (east["limit"], capacity.tenant_cap, capacity.campaign_cap) == (6, 8, 7)
            assert east["in_use"] <= east["held"] <= 6
            assert capacity.tenant_in_use <= capacity.tenant_held <= 8
            assert capacity.campaign_in_use <= capacity.campaign_held <= 7
            assert east["available"] == max(0, east["held"] - east["in_use"])
        assert {grant.connection_limit for grant in grants} == {6}
