"""Which rows count as of a moment, and how much each of them counts."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from math import isfinite
from typing import Any, Literal

from lms.psychometrics.errors import DataError, PsychometricsError
from lms.psychometrics.evidence import KINDS, Evidence, Kind, strength
from lms.psychometrics.scale import Bank

IgnoredReason = Literal["done_after_as_of", "recorded_after_as_of"]


@dataclass(frozen=True, slots=True)
class IgnoredRow:
    """A row that was handed in and left out, with the reason."""

    id: str
    reason: IgnoredReason


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows known at a moment, and those left out; each in the order of their ids."""

    moment: datetime
    rows: tuple[Evidence, ...]
    ignored: tuple[IgnoredRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRule:
    """The settings under which a level is estimated; part of every result.

    Attributes
    ----------
    confidence : float
        Chance that a claim must reach; also the mass of the intervals. Between 0.5
        and 1; held to three decimals, as chances are compared in per mille.
    weaker_kinds_cap : float
        Most that kinds weaker than a claim needs may say together, in items' worth of
        information; 0 shuts them out.
    episode_correlation : float
        Correlation of two rows of one episode beyond what the ability explains, 0 to 1.
    half_life_days : tuple of (Kind, float)
        Days after which the work of a kind counts half; a kind left out does not age.
    nodes : int
        Points of the grid; at least 121.
    """

    confidence: float
    weaker_kinds_cap: float
    episode_correlation: float
    half_life_days: tuple[tuple[Kind, float], ...]
    nodes: int

    def __post_init__(self) -> None:
        checks = {
            "confidence": 0.5 <= round(self.confidence, 3) < 1,
            "weaker_kinds_cap": self.weaker_kinds_cap >= 0,
            "episode_correlation": 0 <= self.episode_correlation <= 1,
            "nodes": self.nodes >= 121,
        }
        for name, is_right in checks.items():
            if not is_right:
                raise PsychometricsError(f"{name}: {getattr(self, name)!r}")
        for kind, days in self.half_life_days:
            if kind not in KINDS or not (isfinite(days) and days > 0):
                raise PsychometricsError(f"half_life_days: {kind!r}: {days!r}")

    @property
    def confidence_per_mille(self) -> int:
        """Return the confidence in the unit in which chances are compared."""
        return round(self.confidence * 1000)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON-safe data."""
        cap = self.weaker_kinds_cap
        return {
            "confidence": self.confidence_per_mille,
            "weaker_kinds_cap": cap if isfinite(cap) else None,
            "episode_correlation": self.episode_correlation,
            "half_life_days": dict(self.half_life_days),
            "nodes": self.nodes,
        }


@dataclass(frozen=True, slots=True)
class Showing:
    """What a row says of an ability: nothing of whose it is, or of when it was.

    Attributes
    ----------
    steps : tuple of float
        Difficulties of the steps of its indicator.
    weight : float
        Share of its log-likelihood that counts.
    """

    steps: tuple[float, ...]
    score: int
    kind: Kind
    weight: float


@dataclass(frozen=True, slots=True)
class WeighedRow:
    """A row by its id, with what it says."""

    id: str
    showing: Showing

    @property
    def sort_key(self) -> tuple[Any, ...]:
        """Order rows by what they say, so that no sum depends on how they are named."""
        said = self.showing
        return (said.steps, said.score, strength(said.kind), said.weight)


def to_moment(as_of: date) -> datetime:
    """Return the moment that `as_of` means; a plain day lasts to its end in UTC."""
    if not isinstance(as_of, datetime):
        return datetime.combine(as_of, time.max, UTC)
    if as_of.utcoffset() is None:
        raise PsychometricsError("as_of has no time zone")
    return as_of


def select_rows(evidence: Iterable[Evidence], moment: datetime) -> Selection:
    """Keep the rows whose work was done, and known of, by `moment`.

    The day of `moment` is read in its own time zone.

    Raises
    ------
    DataError
        Two rows have one id: evidence is never counted twice.
    """
    rows: list[Evidence] = []
    ignored: list[IgnoredRow] = []
    seen: set[str] = set()
    for row in sorted(evidence, key=lambda row: row.id):
        if row.id in seen:
            raise DataError(f"evidence {row.id!r} is there twice")
        seen.add(row.id)
        if row.done_on > moment.date():
            ignored.append(IgnoredRow(row.id, "done_after_as_of"))
        elif row.recorded_at > moment:
            ignored.append(IgnoredRow(row.id, "recorded_after_as_of"))
        else:
            rows.append(row)
    return Selection(moment, tuple(rows), tuple(ignored))


def weigh_rows(selection: Selection, bank: Bank, rule: LevelRule) -> list[WeighedRow]:
    """Give each row its steps and the share of its log-likelihood that counts.

    The weight is a product of three shares, each at most 1. A weight below 1 flattens
    a row's likelihood around its own centre, so it widens the estimate and draws it
    towards the prior, but never towards a score.

    - **Episode**: with `m` rows in one episode each counts ``1 / (1 + (m - 1) rho)``,
      so that they count together as ``m / (1 + (m - 1) rho)`` rows, the design effect
      of a cluster sample (Kish, 1965, Survey Sampling, section 5.4).
    - **Help**: one half for each level of help.
    - **Age**: one half for each half-life of the row's kind since the work was done.

    The rows come back in an order that depends on nothing but what they say.
    """
    sizes = Counter(row.episode for row in selection.rows)
    half_lives = dict(rule.half_life_days)
    day = selection.moment.date()
    weighed = [
        WeighedRow(
            row.id,
            Showing(
                steps=bank.steps_of(row),
                score=row.score,
                kind=row.kind,
                weight=_episode_share(sizes, row, rule.episode_correlation)
                * 0.5 ** int(row.help_given)
                * _age_share(half_lives, row, day),
            ),
        )
        for row in selection.rows
    ]
    return sorted(weighed, key=lambda row: row.sort_key)


def _episode_share(
    sizes: Mapping[str | None, int], row: Evidence, correlation: float
) -> float:
    if row.episode is None:
        return 1.0
    return 1 / (1 + (sizes[row.episode] - 1) * correlation)


def _age_share(half_lives: Mapping[Kind, float], row: Evidence, day: date) -> float:
    if row.kind not in half_lives:
        return 1.0
    return float(0.5 ** ((day - row.done_on).days / half_lives[row.kind]))
