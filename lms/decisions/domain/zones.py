"""Zones: what the figures of a pack suggest, with reasons; a person decides."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

RULE_VERSION = "zone-rule/1"
EVEN_CHANCE = 500  # per mille


class Zone(StrEnum):
    """Where a competency falls, from worst to best."""

    NOT_YET = "not_yet"
    PANEL = "panel"
    AWARD = "award"


class ZoneReason(StrEnum):
    """Why a competency is not in the award zone."""

    NO_EVIDENCE = "no_evidence"
    UNLIKELY = "unlikely"
    UNSURE = "unsure"
    NOT_ATTESTED = "not_attested"
    OPEN_FLAG = "open_flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The figures of one competency in a pack.

    Attributes
    ----------
    chance : int or None
        Per mille of the required level or above; None without evidence.
    attested_level : int or None
        None without evidence.
    """

    competency: str
    required_level: int
    attested_level: int | None
    chance: int | None

    @property
    def is_attested(self) -> bool:
        """Say whether the attested level is the required one or above."""
        return (
            self.attested_level is not None
            and self.attested_level >= self.required_level
        )


@dataclass(frozen=True, slots=True)
class PanelRule:
    """From which chance on the award zone begins, per mille."""

    confidence: int


@dataclass(frozen=True, slots=True)
class Placement:
    """A competency in its zone."""

    standing: Standing
    zone: Zone
    reasons: tuple[ZoneReason, ...]

    @property
    def competency(self) -> str:
        """Return the slug."""
        return self.standing.competency


def place(
    standings: Iterable[Standing], rule: PanelRule, flagged: Iterable[str]
) -> tuple[Placement, ...]:
    """Put every competency in its zone.

    Award: the chance reaches the confidence, the attested level reaches the required
    one, and no critical flag of the candidate is open. Not yet: no evidence, or a
    chance below one half. Else panel. An open flag anywhere keeps all competencies
    out of the award zone: it is a fact about the person's safety to others, which no
    strength elsewhere outweighs.

    Parameters
    ----------
    flagged : iterable of str
        Competencies with an open critical flag.
    """
    open_flags = frozenset(flagged)
    return tuple(_place(row, rule, open_flags) for row in standings)


def _place(row: Standing, rule: PanelRule, open_flags: frozenset[str]) -> Placement:
    if row.chance is None:
        flag = (ZoneReason.OPEN_FLAG,) if row.competency in open_flags else ()
        return Placement(row, Zone.NOT_YET, (*flag, ZoneReason.NO_EVIDENCE))
    unlikely = row.chance < EVEN_CHANCE
    checks = {
        ZoneReason.OPEN_FLAG: bool(open_flags),
        ZoneReason.UNLIKELY: unlikely,
        ZoneReason.UNSURE: not unlikely and row.chance < rule.confidence,
        ZoneReason.NOT_ATTESTED: row.chance >= rule.confidence and not row.is_attested,
    }
    reasons = tuple(reason for reason, holds in checks.items() if holds)
    if unlikely:
        return Placement(row, Zone.NOT_YET, reasons)
    return Placement(row, Zone.PANEL if reasons else Zone.AWARD, reasons)


def count_zones(placements: Iterable[Placement]) -> Mapping[Zone, int]:
    """Return how many competencies fall into each zone, zeros included."""
    counts = Counter(row.zone for row in placements)
    return {zone: counts[zone] for zone in Zone}
