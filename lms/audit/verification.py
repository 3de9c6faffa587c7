"""Checking the audit trail against its seals, batch by batch, while it grows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.audit.domain import GENESIS, batch_digest, leaf_digest
from lms.audit.models import AuditBatch
from lms.audit.queries.chain import (
    SealedRow,
    facts_of,
    find_batch_after,
    find_head,
    get_waiting,
    head_of,
    list_loose_seals,
    list_rows_outside,
    list_sealed_rows,
    list_waiting_since,
)

# A worker seals each minute; what waits longer than this is not being sealed.
PATIENCE = timedelta(hours=1)
_AT_MOST = 1000  # faults of one sort in one place; more say nothing new


class FaultKind(StrEnum):
    """What can be wrong with the trail."""

    ROW_CHANGED = "row_changed"
    ROW_MISSING = "row_missing"
    ROW_ADDED = "row_added"
    BATCH_CHANGED = "batch_changed"
    BATCH_MISSING = "batch_missing"
    CHAIN_TRUNCATED = "chain_truncated"
    CHAIN_REWRITTEN = "chain_rewritten"
    NOT_SEALED = "not_sealed"


TEXTS = {
    FaultKind.ROW_CHANGED: "the row was changed or moved since it was sealed",
    FaultKind.ROW_MISSING: "the row that stood here is gone",
    FaultKind.ROW_ADDED: "the row was not there when its place was sealed",
    FaultKind.BATCH_CHANGED: "head, order or link of the batch was changed",
    FaultKind.BATCH_MISSING: "the batch is gone",
    FaultKind.CHAIN_TRUNCATED: "the chain ends before the head that was kept",
    FaultKind.CHAIN_REWRITTEN: "the batch is not the one whose digest was kept",
    FaultKind.NOT_SEALED: "the row has waited for an hour or more; does a worker run?",
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
        where = ", ".join(f"{name} {value}" for name, value in places if value)
        return f"{where}: {TEXTS[self.kind]}"

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
    """Goes through the trail once; the counts are complete when `faults` has ended."""

    def __init__(self, session: Session, *, now: datetime) -> None:
        self._session = session
        self._now = now
        self.batches = self.rows = 0
        self.head = KeptHead(0, GENESIS)
        self.waiting = get_waiting(session).count

    def faults(self, kept: KeptHead | None = None) -> Iterator[AuditFault]:
        """Find everything that is wrong up to the head as it is now.

        Parameters
        ----------
        kept : KeptHead, optional
            Without one, batches that were cut off the end cannot be missed.
        """
        upto = last.number if (last := find_head(self._session)) else 0
        yield from self._batches(upto, kept)
        for seal in list_loose_seals(self._session, upto=upto, limit=_AT_MOST):
            yield AuditFault(FaultKind.ROW_ADDED, seal.batch_number, seal.position)
        yield from self._outside()

    def _batches(self, upto: int, kept: KeptHead | None) -> Iterator[AuditFault]:
        """Walk along the chain; `head` is the link that was checked last."""
        previous: str | None = GENESIS
        while self.head.number < upto:
            batch = find_batch_after(self._session, self.head.number)
            if batch is None:
                break
            for number in islice(range(self.head.number + 1, batch.number), _AT_MOST):
                yield AuditFault(FaultKind.BATCH_MISSING, number)
                previous = None  # what the next one is chained to is not known
            yield from self._batch(batch, previous)
            if kept and kept.number == batch.number and kept.digest != batch.digest:
                yield AuditFault(FaultKind.CHAIN_REWRITTEN, batch.number)
            self.head = KeptHead(batch.number, batch.digest)
            previous = batch.digest
            self.batches += 1
            self._session.expunge_all()
        if kept and kept.number > self.head.number:
            yield AuditFault(FaultKind.CHAIN_TRUNCATED, kept.number)

    def _batch(self, batch: AuditBatch, previous: str | None) -> Iterator[AuditFault]:
        rows = list_sealed_rows(self._session, batch)
        self.rows += len(rows)
        row_faults = [*_row_faults(batch, rows)]
        yield from row_faults
        if previous is None:
            return
        leaves = [row.seal.digest for row in rows]
        digest = batch_digest(head_of(batch), leaves, previous=previous)
        is_explained = any(
            fault.kind is not FaultKind.ROW_CHANGED for fault in row_faults
        )
        if digest != batch.digest and not is_explained:
            yield AuditFault(FaultKind.BATCH_CHANGED, batch.number)

    def _outside(self) -> Iterator[AuditFault]:
        """Find rows that the chain does not hold."""
        for event in list_rows_outside(self._session, limit=_AT_MOST):
            yield AuditFault(FaultKind.ROW_ADDED, row=event.public_id)
        before = self._now - PATIENCE
        for event in list_waiting_since(self._session, before, limit=_AT_MOST):
            yield AuditFault(FaultKind.NOT_SEALED, row=event.public_id)


def _row_faults(batch: AuditBatch, rows: list[SealedRow]) -> Iterator[AuditFault]:
    """Compare each row with its seal, and the seals with the places of the batch."""
    places = range(batch.first_position, batch.last_position + 1)
    found = {row.seal.position for row in rows}
    missing = (place for place in places if place not in found)
    for place in islice(missing, _AT_MOST):
        yield AuditFault(FaultKind.ROW_MISSING, batch.number, place)
    for row in rows:
        kind = _fault_of(row, places)
        if kind is not None:
            public_id = row.event.public_id if row.event else None
            yield AuditFault(kind, batch.number, row.seal.position, public_id)


def _fault_of(row: SealedRow, places: range) -> FaultKind | None:
    if row.event is None:
        return FaultKind.ROW_MISSING
    if row.seal.position not in places:
        return FaultKind.ROW_ADDED
    if leaf_digest(facts_of(row.event), position=row.seal.position) != row.seal.digest:
        return FaultKind.ROW_CHANGED
    return None
