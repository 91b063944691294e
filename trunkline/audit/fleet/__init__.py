"""Check the logs of several daemons that share limits and contacts, all together."""

from __future__ import annotations

from trunkline.audit.fleet.judge import FLEET_RULES
from trunkline.audit.fleet.logs import audit_fleet

__all__ = ["FLEET_RULES", "audit_fleet"]
