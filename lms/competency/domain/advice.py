"""What would tell most about a level that is still open."""

from lms.competency.domain.entry import CompetencyEntry, Standing
from lms.competency.domain.rows import RowState
from lms.psychometrics import KINDS, Bank, Kind, NextEvidence, Piece, next_evidence

# A typical piece of each kind, about the level's cut: five questions, or three criteria
# of four bands whose middle step is the cut.
_QUESTIONS = 5
_CRITERIA = 3
_BAND_GAP = 1.2


def advise_next(entry: CompetencyEntry) -> NextEvidence | None:
    """Return the kind of work that would tell most about the required level.

    What is to be had differs from place to place, so that the advice names a kind: that
    of the most telling among typical pieces, one of each kind. Of equal ones the
    weakest kind is named, which costs least.

    Returns
    -------
    NextEvidence or None
        Nothing where the level is reached, or no single piece would tell anything.
    """
    level = entry.required_level
    if level < 1 or entry.standing is Standing.REACHED:
        return None
    estimate = entry.estimate
    rows = [row.row for row in entry.rows if row.state is not RowState.SUPERSEDED]
    pieces, steps = _typical_pieces(estimate.scale.cuts[level - 1])
    found = next_evidence(
        [row.to_evidence() for row in rows],
        Bank({**steps, **{str(row.id): row.steps for row in rows}}),
        estimate.scale,
        pieces,
        as_of=estimate.as_of,
        level=level,
        count=1,
        rule=estimate.rule,
    )
    return found[0] if found and found[0].narrowing > 0 else None


def _typical_pieces(cut: float) -> tuple[list[Piece], dict[str, tuple[float, ...]]]:
    """Return a piece of each kind, the weakest first, and the steps of indicators."""
    question, criterion = "typical question", "typical criterion"
    indicators: dict[Kind, tuple[str, ...]] = dict.fromkeys(
        KINDS, (criterion,) * _CRITERIA
    )
    indicators["knowledge"] = (question,) * _QUESTIONS
    pieces = [
        Piece(f"{place}", kind, indicators[kind]) for place, kind in enumerate(KINDS)
    ]
    bands = (cut - _BAND_GAP, cut, cut + _BAND_GAP)
    return pieces, {question: (cut,), criterion: bands}
