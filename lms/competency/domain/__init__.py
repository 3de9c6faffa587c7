"""The competency record as a pure computation."""

from lms.competency.domain.advice import advise_next
from lms.competency.domain.build import build_record, level_cuts
from lms.competency.domain.entry import CompetencyEntry, KindCount, Standing, percent_of
from lms.competency.domain.record import CompetencyRecord, RecordSummary
from lms.competency.domain.rows import (
    EntryRow,
    RecordRow,
    RowState,
    VersionRef,
    utc_text,
)
from lms.competency.domain.trace import trace_entry

__all__ = [
    "CompetencyEntry",
    "CompetencyRecord",
    "EntryRow",
    "KindCount",
    "RecordRow",
    "RecordSummary",
    "RowState",
    "Standing",
    "VersionRef",
    "advise_next",
    "build_record",
    "level_cuts",
    "percent_of",
    "trace_entry",
    "utc_text",
]
