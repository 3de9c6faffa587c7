"""Decision packs: a competency record frozen for a decision, and reading it back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lms.decisions.domain.zones import RULE_VERSION, PanelRule, Standing
from lms.framework.domain import Framework

PACK_FORMAT = "decision-pack/1"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A learner before a panel: cohort and number, never a name."""

    cohort: str
    number: str


def make_pack_document(
    record: Mapping[str, Any], candidate: Candidate
) -> dict[str, Any]:
    """Return what is frozen: the record, for whom, and the rule of the zones."""
    return {
        "format": PACK_FORMAT,
        "cohort": candidate.cohort,
        "number": candidate.number,
        "zone_rule": RULE_VERSION,
        "record": dict(record),
    }


_FIGURES = ("competency", "required_level", "attested_level", "chance")


def figures_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the figures per competency that zones and rulings need."""
    return [
        {key: row[key] for key in _FIGURES}
        for row in document["record"]["competencies"]
    ]


def standings_of(figures: Iterable[Mapping[str, Any]]) -> tuple[Standing, ...]:
    """Return the figures as values, in the framework's order."""
    return tuple(Standing(**row) for row in figures)


def panel_rule_of(framework: Framework) -> PanelRule:
    """Return the confidence that the zones of a framework's packs begin at."""
    return PanelRule(confidence=round(1000 * framework.confidence))
