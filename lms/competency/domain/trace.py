"""How what is known about one competency came to be, day by day."""

from datetime import datetime, time

from lms.competency.domain.build import Measure, build_entry
from lms.competency.domain.entry import CompetencyEntry
from lms.competency.domain.record import CompetencyRecord

MOST_DAYS = 12
"""Days shown at most, the latest ones: each is an estimate of its own."""


def trace_entry(
    record: CompetencyRecord, entry: CompetencyEntry
) -> tuple[tuple[datetime, CompetencyEntry], ...]:
    """Return the entry at the end of each day on which it changed, earliest first.

    A day counts on which evidence was recorded or superseded, in the zone of the
    record's moment, up to that moment; what was recorded later does not exist yet.
    """
    zone = record.as_of.tzinfo
    moments = [
        moment
        for found in entry.rows
        for moment in (found.row.recorded_at, found.row.superseded_at)
        if moment is not None and moment <= record.as_of
    ]
    days = sorted({moment.astimezone(zone).date() for moment in moments})
    measure = Measure.of(record.framework)
    traced = []
    for day in days[-MOST_DAYS:]:
        at = min(datetime.combine(day, time.max, zone), record.as_of)
        known = [found.row for found in entry.rows if found.row.is_known(at)]
        then = build_entry(measure, entry.competency, known, at)
        if then.has_evidence:
            traced.append((at, then))
    return tuple(traced)
