"""Zones, packs and rulings as pure computations."""

from lms.decisions.domain.pack import (
    PACK_FORMAT,
    Candidate,
    figures_of,
    make_pack_document,
    panel_rule_of,
    standings_of,
)
from lms.decisions.domain.ruling import (
    MINIMUM_REASON,
    CompetencyRuling,
    Fault,
    Outcome,
    Ruling,
    find_faults,
    ruling_document,
)
from lms.decisions.domain.zones import (
    PanelRule,
    Placement,
    Standing,
    Zone,
    ZoneReason,
    count_zones,
    place,
)

__all__ = [
    "MINIMUM_REASON",
    "PACK_FORMAT",
    "Candidate",
    "CompetencyRuling",
    "Fault",
    "Outcome",
    "PanelRule",
    "Placement",
    "Ruling",
    "Standing",
    "Zone",
    "ZoneReason",
    "count_zones",
    "figures_of",
    "find_faults",
    "make_pack_document",
    "panel_rule_of",
    "place",
    "ruling_document",
    "standings_of",
]
