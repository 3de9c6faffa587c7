"""Decision packs: a competency record frozen for a decision, and reading it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.decisions.domain.zones import RULE_VERSION, PanelRule, Standing

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


def standings_of(document: Mapping[str, Any]) -> tuple[Standing, ...]:
    """Return the figures that zones and rulings need, in the framework's order."""
    return tuple(
        Standing(
            competency=row["competency"],
            required_level=row["required_level"],
            attested_level=row["attested_level"],
            chance=row["chance"],
        )
        for row in document["record"]["competencies"]
    )


def panel_rule_of(document: Mapping[str, Any]) -> PanelRule:
    """Return the confidence that the pack was made under."""
    return PanelRule(confidence=document["record"]["rule"]["confidence"])
