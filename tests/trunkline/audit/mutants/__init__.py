"""Clean logs with one thing wrong, a rule each."""

from tests.trunkline.audit.mutants import calls, campaigns, contacts, draws, limits
from tests.trunkline.audit.mutants.mutant import Mutant

MUTANTS = [
    *calls.MUTANTS,
    *limits.MUTANTS,
    *draws.MUTANTS,
    *contacts.MUTANTS,
    *campaigns.MUTANTS,
]

__all__ = ["MUTANTS", "Mutant"]
