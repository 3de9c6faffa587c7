"""Which rows count as of a moment, and how much each of them counts."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Literal, NamedTuple

from lms.psychometrics.errors import DataError, PsychometricsError
from lms.psychometrics.evidence import Evidence, Kind, strength
from lms.psychometrics.rule import LevelRule
from lms.psychometrics.scale import Bank
from lms.psychometrics.severity import AssumedSeverity

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


class Showing(NamedTuple):
    """What a row says of an ability: nothing of whose it is, or of when it was.

    A tuple, since what a pattern of them says is looked up by all that they hold.

    Attributes
    ----------
    steps : tuple of float
        Difficulties of the steps of its indicator, with the rater's severity.
    weight : float
        Share of its log-likelihood that counts.
    freshness : float
        Share of the variance of today's ability that the ability of that day explains.
    rater : int
        Rows of one rater whose severity is not known for certain share a number from
        1; 0 for all others.
    severity_sd : float
        Error of that severity, in logits.
    """

    steps: tuple[float, ...]
    score: int
    kind: Kind
    weight: float
    freshness: float = 1.0
    rater: int = 0
    severity_sd: float = 0.0

    @property
    def sort_key(self) -> tuple[Any, ...]:
        """Order rows by what they say, so that no sum depends on how they are named."""
        return (
            self.steps,
            self.score,
            strength(self.kind),
            self.weight,
            self.freshness,
            self.severity_sd,
        )


class WeighedRow(NamedTuple):
    """A row by its id, with what it says and what was taken for its rater."""

    id: str
    showing: Showing
    rater: str | None
    severity: AssumedSeverity | None


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
    """Give each row its steps, the share of its log-likelihood, and its errors.

    The share is a product of two, each at most 1. A share below 1 flattens a row's
    likelihood around its own centre, so it widens the estimate and draws it towards
    the prior, but never towards a score.

    - **Episode**: with `m` rows in one episode each counts ``1 / (1 + (m - 1) rho)``,
      so that they count together as ``m / (1 + (m - 1) rho)`` rows, the design effect
      of a cluster sample (Kish, 1965, Survey Sampling, section 5.4).
    - **Help**: one half for each level of help.

    The errors lie between the ability of today and what was seen (`drift`): the time
    since the work, and the severity of its rater where the rule adjusts for it.

    The rows come back in an order that depends on nothing but what they say.
    """
    sizes = Counter(row.episode for row in selection.rows)
    day = selection.moment.date()
    weighed = [_weigh(row, sizes, bank, rule, day) for row in selection.rows]
    weighed.sort(key=lambda row: row.showing.sort_key)
    return _number_raters(weighed) if rule.severity else weighed


def _weigh(
    row: Evidence,
    sizes: Mapping[str | None, int],
    bank: Bank,
    rule: LevelRule,
    day: date,
) -> WeighedRow:
    severity = rule.severity.of(row.rater) if rule.severity else None
    steps = bank.steps_of(row)
    if severity:
        steps = tuple(step + severity.severity for step in steps)
    showing = Showing(
        steps=steps,
        score=row.score,
        kind=row.kind,
        weight=_episode_share(sizes, row, rule.episode_correlation)
        * 0.5 ** int(row.help_given),
        freshness=_freshness(dict(rule.half_life_days), row, day),
        severity_sd=severity.sd if severity else 0.0,
    )
    return WeighedRow(row.id, showing, row.rater, severity)


def _number_raters(rows: list[WeighedRow]) -> list[WeighedRow]:
    """Give raters whose severity is uncertain a number, by what they said."""
    said: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        if row.rater is not None and row.showing.severity_sd > 0:
            said.setdefault(row.rater, []).append(row.showing.sort_key)
    numbers = {name: n for n, name in enumerate(sorted(said, key=said.__getitem__), 1)}
    return [
        row._replace(
            showing=row.showing._replace(rater=numbers.get(row.rater or "", 0))
        )
        for row in rows
    ]


def _episode_share(
    sizes: Mapping[str | None, int], row: Evidence, correlation: float
) -> float:
    if row.episode is None:
        return 1.0
    return 1 / (1 + (sizes[row.episode] - 1) * correlation)


def _freshness(half_lives: Mapping[Kind, float], row: Evidence, day: date) -> float:
    if row.kind not in half_lives:
        return 1.0
    # Beyond a thousand half-lives the share could no longer be divided by.
    return float(0.5 ** min((day - row.done_on).days / half_lives[row.kind], 1000.0))
