"""The figures of a competency record: a radar of an ability, a level over time."""

from collections.abc import Hashable

from lms.competency.domain import CompetencyEntry, CompetencyRecord, trace_entry
from lms.competency.domain.entry import percent_of
from lms.competency.pages import AbilityGroup, EntryLine
from lms.web.drawing.radar import (
    FEWEST_AXES,
    MOST_AXES,
    RadarAxis,
    RadarFigure,
    draw_radar,
)
from lms.web.drawing.trajectory import (
    LevelOnDay,
    TrajectoryFigure,
    draw_trajectory,
)


def radar_key(group: AbilityGroup) -> tuple[Hashable, ...]:
    """Return all that the figure of an ability shows, beside words."""
    return tuple(line.appearance for line in group.lines)


def radar_of(
    record: CompetencyRecord, group: AbilityGroup, language: str
) -> RadarFigure | None:
    """Return the radar of an ability; nothing where it has too few or many axes.

    There is none either while fewer than three of its competencies have evidence: a
    row of dots has no shape.
    """
    known = [line for line in group.lines if line.entry.has_evidence]
    if len(known) < FEWEST_AXES or len(group.lines) > MOST_AXES:
        return None
    top = record.framework.levels[-1].level
    return draw_radar([_axis(line, language) for line in group.lines], top=top)


def trajectory_of(
    record: CompetencyRecord, entry: CompetencyEntry
) -> TrajectoryFigure | None:
    """Return the level over time; nothing before it was estimated on two days."""
    days = [
        LevelOnDay(
            day=at.date(),
            low=then.estimate.level_interval[0],
            middle=then.median,
            high=then.estimate.level_interval[1],
            chance=percent_of(then.chance) or 1,
            rows=sum(count for _kind, count in then.estimate.n_by_kind),
        )
        for at, then in trace_entry(record, entry)
        if then.estimate.level_interval is not None
    ]
    if len(days) < 2:
        return None
    top = record.framework.levels[-1].level
    return draw_trajectory(days, required=entry.required_level, top=top)


def _axis(line: EntryLine, language: str) -> RadarAxis:
    interval = line.entry.estimate.level_interval
    name = line.entry.competency.short.in_language(language)
    required = line.entry.required_level
    if interval is None:
        return RadarAxis(name, required)
    return RadarAxis(name, required, interval[0], line.median, interval[1])
