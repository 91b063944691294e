"""An authority and a certificate of 127.0.0.1, made for one test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Certificate:
    """Paths of PEM files; `authority` is what clients trust."""

    authority: Path
    chain: Path
    key: Path


def make_certificate(folder: Path) -> Certificate:
    """Write an authority, and a certificate that it has signed, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificate(folder / "authority.pem", folder / "chain.pem", folder / "key.pem")
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    authority.cert_pem.write_to_path(made.authority)
    issued.private_key_pem.write_to_path(made.key)
    for place, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(made.chain, append=place > 0)
    return made
