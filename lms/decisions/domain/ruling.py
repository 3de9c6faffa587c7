"""What a person may decide on a pack, and what each choice needs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lms.decisions.domain.zones import Standing
from lms.errors import message

MINIMUM_REASON = 10  # characters: a word is no reason


class Outcome(StrEnum):
    """What is decided, for one competency or for the certificate."""

    AWARD = "award"
    MORE_EVIDENCE = "more_evidence"
    NOT_THIS_TIME = "not_this_time"


@dataclass(frozen=True, slots=True)
class CompetencyRuling:
    """The outcome of one competency, with a reason where one is called for."""

    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A whole decision as its author means it. No level is ever typed in."""

    outcome: Outcome
    reason: str
    competencies: Mapping[str, CompetencyRuling]


def ruling_document(
    reason: str, outcomes: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what a decision says beside its outcome; the trail keeps its digest.

    Parameters
    ----------
    outcomes : Iterable of Mapping
        With the columns `competency`, `outcome`, `level`, `required_level`, `reason`.
    """
    keys = ("competency", "outcome", "level", "required_level", "reason")
    parts = [{key: row[key] for key in keys} for row in outcomes]
    return {
        "reason": reason,
        "competencies": sorted(parts, key=lambda part: part["competency"]),
    }


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a ruling cannot be taken.

    Attributes
    ----------
    competency : str or None
        The row that it is about; None for the decision as a whole.
    part : str
        ``outcome`` or ``reason``.
    """

    competency: str | None
    part: str
    template: str
    values: Mapping[str, Any]


def find_faults(
    ruling: Ruling, standings: Iterable[Standing], *, open_flags: int
) -> tuple[Fault, ...]:
    """Return everything that keeps a ruling from being recorded.

    - Every competency of the pack has an outcome, and none else.
    - The decision has a reason.
    - Nothing is awarded while a critical flag is open.
    - An award above what the evidence attests is the panel's right, with a reason.
    - A certificate in spite of a competency that is not awarded needs a reason for
      that competency: no strength silently buys a weakness elsewhere.
    """
    rows = list(standings)
    faults: list[Fault] = []
    if len(ruling.reason.strip()) < MINIMUM_REASON:
        faults.append(_short(None))
    for row in rows:
        given = ruling.competencies.get(row.competency)
        if given is None:
            text = message("Choose an outcome for this competency.")
            faults.append(Fault(row.competency, "outcome", text, {}))
        else:
            faults.extend(_row_faults(ruling, row, given, open_flags))
    if open_flags and ruling.outcome is Outcome.AWARD:
        faults.append(_flagged(None))
    return tuple(faults)


def _row_faults(
    ruling: Ruling, row: Standing, given: CompetencyRuling, open_flags: int
) -> Iterator[Fault]:
    is_award = given.outcome is Outcome.AWARD
    if is_award and open_flags:
        yield _flagged(row.competency)
    has_reason = len(given.reason.strip()) >= MINIMUM_REASON
    if has_reason:
        return
    if is_award and not row.is_attested:
        text = message(
            "The attested level is below the required one. Say in at least "
            "%(minimum)s characters why it is awarded all the same."
        )
        yield Fault(row.competency, "reason", text, {"minimum": MINIMUM_REASON})
    elif ruling.outcome is Outcome.AWARD and not is_award:
        text = message(
            "You certify without this competency. Say in at least %(minimum)s "
            "characters why that is right."
        )
        yield Fault(row.competency, "reason", text, {"minimum": MINIMUM_REASON})


def _short(competency: str | None) -> Fault:
    text = message("Give the reason in at least %(minimum)s characters.")
    return Fault(competency, "reason", text, {"minimum": MINIMUM_REASON})


def _flagged(competency: str | None) -> Fault:
    text = message(
        "A critical flag is open. Clear it with a reason first, or choose another "
        "outcome."
    )
    return Fault(competency, "outcome", text, {})
