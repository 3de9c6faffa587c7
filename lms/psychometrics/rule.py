"""The settings under which a level is estimated."""

from dataclasses import dataclass
from math import isfinite
from typing import Any

from lms.psychometrics.errors import PsychometricsError
from lms.psychometrics.evidence import KINDS, Kind
from lms.psychometrics.severity import SeverityPolicy


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
        Days after which the ability that the work of a kind showed explains half of
        the variance of the ability of today (`drift`); a kind left out does not age.
    nodes : int
        Points of the grid; at least 121.
    severity : SeverityPolicy or None
        Whose severity is adjusted for; None counts raters and adjusts nothing.
    """

    confidence: float = 0.8
    weaker_kinds_cap: float = 2.0
    episode_correlation: float = 0.3
    half_life_days: tuple[tuple[Kind, float], ...] = ()
    nodes: int = 241
    severity: SeverityPolicy | None = None

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
            "severity": self.severity.to_dict() if self.severity else None,
        }
