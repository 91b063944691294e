"""What a run is known by: its name, seed and key, and which life of it this is."""

from __future__ import annotations

import hashlib
import secrets
from importlib.metadata import version
from random import Random

import msgspec
import phonenumbers

from runtime.journal.recovered import Recovered
from trunkline.config import Config
from trunkline.version import __version__


class Identity(msgspec.Struct, frozen=True):
    """Who a run is; `key` hashes masked phone numbers, `life` counts from 1."""

    run: str
    seed: int
    life: int
    key: bytes

    @property
    def calls(self) -> str:
        """Give what the ids of this life's calls begin with."""
        return self.run if self.life == 1 else f"{self.run}.{self.life}"

    def random(self, tenant: str) -> Random:
        """Give the generator that a tenant's pool draws with; each life has its own."""
        return Random(f"{self.seed}/pool/{tenant}" + (f"/{self.life}" if self.life > 1 else ""))


def identify(config: Config, seed: int | None, recovered: Recovered | None, *, virtual: bool) -> Identity:
    """Go on as an earlier life, else begin: by the seed alone under a virtual clock."""
    chosen = seed if seed is not None else config.run.seed
    if chosen is None:
        chosen = secrets.randbits(32) if recovered is None else recovered.seed
    if recovered is not None:
        return Identity(recovered.run, chosen, recovered.life + 1, bytes.fromhex(recovered.key))
    if not virtual:
        return Identity(secrets.token_hex(6), chosen, 1, secrets.token_bytes(32))
    run = hashlib.sha256(f"{chosen}:{config.fingerprint()}".encode()).hexdigest()[:12]
    return Identity(run, chosen, 1, hashlib.sha256(run.encode()).digest())


def versions() -> dict[str, str]:
    """Name the versions that a run depends on."""
    return {
        "trunkline": __version__,
        "phone_metadata": phonenumbers.__version__,
        "tz_database": version("tzdata"),
    }
