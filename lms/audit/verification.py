"""Checking the audit trail against its seals, batch by batch, while it grows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain, islice
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.audit.domain import GENESIS, batch_digest, leaf_digest
from lms.audit.queries.chain import (
    StoredBatch,
    StoredRow,
    count_events,
    count_waiting,
    find_batch_after,
    find_waiting_moment,
    list_batches_below_first,
    list_loose_seals,
    list_rows_outside,
    list_sealed_rows,
    list_waiting_rows,
)
from lms.audit.queries.stored import REFUSALS

# A worker seals each minute; what waits longer than this is not being sealed.
PATIENCE = timedelta(hours=1)
_RESTORED = "installation.restored"
_AT_MOST = 1000  # faults of one sort in one place; more say nothing new


class FaultKind(StrEnum):
    """What can be wrong with the trail."""

    ROW_CHANGED = "row_changed"
    ROW_MISSING = "row_missing"
    ROW_ADDED = "row_added"
    BATCH_CHANGED = "batch_changed"
    BATCH_MISSING = "batch_missing"
    BATCH_ADDED = "batch_added"
    CHAIN_TRUNCATED = "chain_truncated"
    CHAIN_REWRITTEN = "chain_rewritten"
    NOT_SEALED = "not_sealed"
    ROWS_DIFFER = "rows_differ"


TEXTS = {
    FaultKind.ROW_CHANGED: "the row was changed or moved since it was sealed",
    FaultKind.ROW_MISSING: "the row that stood here is gone",
    FaultKind.ROW_ADDED: "the row was not there when its place was sealed",
    FaultKind.BATCH_CHANGED: "head, order or link of the batch was changed",
    FaultKind.BATCH_MISSING: "the batch is gone",
    FaultKind.BATCH_ADDED: "the chain has no batch of this number: it begins with 1",
    FaultKind.CHAIN_TRUNCATED: "the chain ends before the head that was kept",
    FaultKind.CHAIN_REWRITTEN: "the batch is not the one whose digest was kept",
    FaultKind.NOT_SEALED: "the row has waited for an hour or more; does a worker run?",
    FaultKind.ROWS_DIFFER: "there are not as many rows as are sealed and wait",
}


@dataclass(frozen=True, slots=True)
class AuditFault:
    """One thing that is wrong, and where.

    Attributes
    ----------
    row : UUID or None
        Public id of the event, where there is one.
    """

    kind: FaultKind
    batch: int | None = None
    position: int | None = None
    row: UUID | None = None

    def __str__(self) -> str:
        places = (
            ("batch", self.batch),
            ("position", self.position),
            ("row", self.row),
        )
        where = ", ".join(
            f"{name} {value}" for name, value in places if value is not None
        )
        return f"{where or 'trail'}: {TEXTS[self.kind]}"

    def to_dict(self) -> dict[str, Any]:
        """Return the fault as JSON values."""
        return {
            "kind": self.kind.value,
            "batch": self.batch,
            "position": self.position,
            "row": str(self.row) if self.row else None,
            "message": TEXTS[self.kind],
        }


@dataclass(frozen=True, slots=True)
class KeptHead:
    """Number and digest of a batch, as they were kept elsewhere."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


class TrailCheck:
    """Goes through the trail once; the counts are complete when `faults` has ended.

    The session must see one moment (`hold_moment`): what is sealed meanwhile would
    count twice or not at all.
    """

    def __init__(self, session: Session, *, now: datetime) -> None:
        self._session = session
        self._now = now
        self.batches = self.rows = 0
        self.head = KeptHead(0, GENESIS)
        self.waiting = count_waiting(session)

    def faults(self, kept: KeptHead | None = None) -> Iterator[AuditFault]:
        """Find everything that is wrong.

        Parameters
        ----------
        kept : KeptHead, optional
            Without one, batches that were cut off the end cannot be missed.
        """
        count = 0
        for fault in chain(self._batches(kept), self._loose(), self._outside()):
            count += 1
            yield fault
        # Every row has been met once; this does not rest on how they were looked for.
        if not count and count_events(self._session) != self.rows + self.waiting:
            yield AuditFault(FaultKind.ROWS_DIFFER)

    def _batches(self, kept: KeptHead | None) -> Iterator[AuditFault]:
        """Walk along the chain; `head` is the link that was checked last."""
        previous: str | None = GENESIS
        if kept and kept.number == 0 and kept.digest != GENESIS:
            yield AuditFault(FaultKind.CHAIN_REWRITTEN, 0)
        while batch := find_batch_after(self._session, self.head.number):
            for number in islice(range(self.head.number + 1, batch.number), _AT_MOST):
                yield AuditFault(FaultKind.BATCH_MISSING, number)
                previous = None  # what the next one is chained to is not known
            yield from self._batch(batch, previous)
            if kept and kept.number == batch.number and kept.digest != batch.digest:
                yield AuditFault(FaultKind.CHAIN_REWRITTEN, batch.number)
            self.head = KeptHead(batch.number, batch.digest or "unreadable")
            previous = batch.digest
            self.batches += 1
        if kept and kept.number > self.head.number:
            yield AuditFault(FaultKind.CHAIN_TRUNCATED, kept.number)

    def _batch(self, batch: StoredBatch, previous: str | None) -> Iterator[AuditFault]:
        rows = list_sealed_rows(self._session, batch.number)
        self.rows += len(rows)
        row_faults = [*_row_faults(batch, rows)]
        yield from row_faults
        is_explained = any(
            fault.kind is not FaultKind.ROW_CHANGED for fault in row_faults
        )
        if not _is_link(batch, rows, previous, is_explained=is_explained):
            yield AuditFault(FaultKind.BATCH_CHANGED, batch.number)

    def _loose(self) -> Iterator[AuditFault]:
        """Find batches and seals that no walk along the chain comes by."""
        for batch in list_batches_below_first(self._session, limit=_AT_MOST):
            yield AuditFault(FaultKind.BATCH_ADDED, batch.number)
        for row in list_loose_seals(self._session, limit=_AT_MOST):
            is_below = row.batch is not None and row.batch < 1
            kind = FaultKind.ROW_ADDED if is_below else FaultKind.BATCH_MISSING
            yield AuditFault(kind, row.batch, row.position, row.public_id)

    def _outside(self) -> Iterator[AuditFault]:
        """Find rows that the chain does not hold."""
        for row in list_rows_outside(self._session, limit=_AT_MOST):
            yield AuditFault(FaultKind.ROW_ADDED, row=row.public_id)
        late = self._now - PATIENCE
        restored_at = find_waiting_moment(self._session, _RESTORED)
        # What waited when a copy was made can be sealed since that was restored.
        was_away = restored_at is not None and late <= restored_at <= self._now
        for row in list_waiting_rows(self._session, limit=_AT_MOST):
            kind = _fault_of_waiting(row, before=None if was_away else late)
            if kind is not None:
                yield AuditFault(kind, row=row.public_id)


def hold_moment(session: Session) -> None:
    """Let all that a new session reads be of one moment, while others write.

    A transaction that reads SQLite sees one moment by itself.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(
            execution_options={
                "isolation_level": "REPEATABLE READ",
                "postgresql_readonly": True,
            }
        )


def _is_link(
    batch: StoredBatch,
    rows: Sequence[StoredRow],
    previous: str | None,
    *,
    is_explained: bool,
) -> bool:
    """Say whether a batch is what its digest says, as far as that can be known."""
    if batch.head is None or batch.digest is None:
        return False
    if previous is None or is_explained:
        return True
    leaves = [row.digest or "" for row in rows]
    try:
        return batch_digest(batch.head, leaves, previous=previous) == batch.digest
    except REFUSALS:
        return False


def _row_faults(batch: StoredBatch, rows: Sequence[StoredRow]) -> Iterator[AuditFault]:
    """Compare each row with its seal, and the seals with the places of the batch."""
    places = None
    if batch.head is not None:
        places = range(batch.head.first_position, batch.head.last_position + 1)
        found = {row.position for row in rows}
        missing = (place for place in places if place not in found)
        for place in islice(missing, _AT_MOST):
            yield AuditFault(FaultKind.ROW_MISSING, batch.number, place)
    for row in rows:
        kind = _fault_of(row, places)
        if kind is not None:
            yield AuditFault(kind, batch.number, row.position, row.public_id)


def _fault_of(row: StoredRow, places: range | None) -> FaultKind | None:
    if row.event_id is None:
        return FaultKind.ROW_MISSING
    if row.position is None or row.digest is None:
        return FaultKind.ROW_CHANGED
    if places is not None and row.position not in places:
        return FaultKind.ROW_ADDED
    is_same = _digest_of(row, row.position) == row.digest
    return None if is_same else FaultKind.ROW_CHANGED


def _fault_of_waiting(row: StoredRow, *, before: datetime | None) -> FaultKind | None:
    """Say what is wrong with a row that waits; nothing is late without `before`."""
    if row.event_id is None:
        return FaultKind.ROW_MISSING
    if row.facts is None or _digest_of(row, 0) is None:
        return FaultKind.ROW_CHANGED
    is_late = before is not None and row.facts.at < before
    return FaultKind.NOT_SEALED if is_late else None


def _digest_of(row: StoredRow, position: int) -> str | None:
    """Return what a row should be sealed with; nothing for what cannot be."""
    try:
        return leaf_digest(row.facts, position=position) if row.facts else None
    except REFUSALS:
        return None
