"""Levels of competency with their uncertainty, from evidence of different kinds.

Pure functions on NumPy: usable on its own, without a database, a clock or the web.

Examples
--------
>>> from datetime import UTC, date, datetime
>>> cuts = LevelCuts(
...     cuts=(-1.5, -0.5, 0.5),
...     needs=("knowledge", "knowledge", "simulation"),
...     prior_mean=0.0,
...     prior_sd=1.5,
... )
>>> bank = Bank({"finds-need": [-0.7, 0.5, 1.8]})
>>> row = Evidence(
...     id="sheet-1/finds-need", indicator="finds-need", kind="simulation",
...     score=3, maximum=3, rater="r-1", episode="attempt-1",
...     done_on=date(2026, 4, 1), recorded_at=datetime(2026, 4, 2, 9, tzinfo=UTC),
... )
>>> estimate = estimate_level([row], bank, cuts, as_of=date(2026, 4, 30))
>>> estimate.attested_level
3
>>> estimate_level([row], bank, cuts, as_of=date(2026, 4, 1)).has_evidence
False
"""

from lms.psychometrics.claims import Claim
from lms.psychometrics.errors import DataError, PsychometricsError
from lms.psychometrics.estimate import RULE_VERSION, LevelEstimate, UsedRow
from lms.psychometrics.evidence import KINDS, Evidence, Kind
from lms.psychometrics.levels import estimate_level
from lms.psychometrics.posterior import ThetaSummary
from lms.psychometrics.scale import Bank, LevelCuts
from lms.psychometrics.weights import IgnoredReason, IgnoredRow, LevelRule

__all__ = [
    "KINDS",
    "RULE_VERSION",
    "Bank",
    "Claim",
    "DataError",
    "Evidence",
    "IgnoredReason",
    "IgnoredRow",
    "Kind",
    "LevelCuts",
    "LevelEstimate",
    "LevelRule",
    "PsychometricsError",
    "ThetaSummary",
    "UsedRow",
    "estimate_level",
]
