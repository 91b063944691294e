"""The configuration file: read, checked whole, every error at its place."""

from trunkline.config.configuration import Config, ConnectionCarrier, ContactsFile, load_config
from trunkline.config.models import EventTable, RunTable
from trunkline.config.precedence import Given, overrides
from trunkline.config.problems import Problem
from trunkline.config.suggest import closest

__all__ = [
    "Config",
    "ConnectionCarrier",
    "ContactsFile",
    "EventTable",
    "Given",
    "Problem",
    "RunTable",
    "closest",
    "load_config",
    "overrides",
]
