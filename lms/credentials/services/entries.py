"""Giving each credential an entry in a status list."""

import secrets

from sqlalchemy.orm import Session

from lms.credentials.domain.status_list import LIST_ENTRIES
from lms.credentials.queries.status_lists import is_entry_taken
from lms.credentials.services.counters import take_number

# Half of a list is used, so that at most two draws on average find a free entry.
ENTRIES_USED = LIST_ENTRIES // 2


def take_status_index(session: Session) -> int:
    """Return a free entry; it counts over all lists.

    It is drawn at random, as Bitstring Status List 1.0 advises (section 6.5): a
    neighbour in the list must not be a neighbour in the cohort.
    """
    count = take_number(session, "status")  # others wait here, so none draws the same
    first = (count - 1) // ENTRIES_USED * LIST_ENTRIES
    while True:
        index = first + secrets.randbelow(LIST_ENTRIES)
        if not is_entry_taken(session, index):
            return index
