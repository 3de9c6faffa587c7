"""Values that producers of evidence and markers of work share."""

from lms.evidence.domain.work import (
    Moment,
    SubmittedWork,
    Work,
    WorkKind,
    WorkKindRegistry,
)

__all__ = ["Moment", "SubmittedWork", "Work", "WorkKind", "WorkKindRegistry"]
