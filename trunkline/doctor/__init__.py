"""Say afterwards, from a log or a journal, what the doctor says live."""

from trunkline.doctor.diagnosis import Diagnosis, Said, Verdict, Visit
from trunkline.doctor.listener import Listener
from trunkline.doctor.sources import events_of_journal, events_of_log, follow_log, is_journal
from trunkline.doctor.standing import JournalStanding, Standing

__all__ = [
    "Diagnosis",
    "JournalStanding",
    "Listener",
    "Said",
    "Standing",
    "Verdict",
    "Visit",
    "events_of_journal",
    "events_of_log",
    "follow_log",
    "is_journal",
]
