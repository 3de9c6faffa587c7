"""Pure rules of the audit trail: what acts are called, and how rows are chained."""

from lms.audit.domain.actions import ACTIONS, INPUTS, OBJECT_KINDS
from lms.audit.domain.chain import (
    GENESIS,
    BatchHead,
    EventFacts,
    batch_digest,
    canonical,
    leaf_digest,
)

__all__ = [
    "ACTIONS",
    "GENESIS",
    "INPUTS",
    "OBJECT_KINDS",
    "BatchHead",
    "EventFacts",
    "batch_digest",
    "canonical",
    "leaf_digest",
]
