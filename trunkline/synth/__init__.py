"""Synthetic campaigns: people who aren't there, and a pool to call them from."""

from trunkline.synth.audience import Person, Plan, people, write_people
from trunkline.synth.campaign import CONFIG_NAME, CONTACTS_NAME, configuration
from trunkline.synth.options import BadSynthOption, SynthOptions, read_connections, read_countries
from trunkline.synth.subscribers import OutOfNumbers, Subscribers

__all__ = [
    "CONFIG_NAME",
    "CONTACTS_NAME",
    "BadSynthOption",
    "OutOfNumbers",
    "Person",
    "Plan",
    "Subscribers",
    "SynthOptions",
    "configuration",
    "people",
    "read_connections",
    "read_countries",
    "write_people",
]
