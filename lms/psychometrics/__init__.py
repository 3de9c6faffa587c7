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

from importlib import import_module
from typing import TYPE_CHECKING

from lms.psychometrics.claims import Claim
from lms.psychometrics.errors import (
    ConvergenceWarning,
    DataError,
    DisconnectedDesignError,
    NoSolutionError,
    PsychometricsError,
)
from lms.psychometrics.estimate import RULE_VERSION, LevelEstimate, UsedRow
from lms.psychometrics.evidence import KINDS, Evidence, Kind
from lms.psychometrics.kind_posteriors import ThetaSummary
from lms.psychometrics.levels import estimate_level
from lms.psychometrics.next_pieces import NextEvidence, Piece, next_evidence
from lms.psychometrics.rule import LevelRule
from lms.psychometrics.scale import Bank, LevelCuts
from lms.psychometrics.severity import RaterSeverity, SeverityPolicy
from lms.psychometrics.weights import IgnoredReason, IgnoredRow

if TYPE_CHECKING:
    from lms.psychometrics.agreement.concordance import ConcordanceResult, kendall_w
    from lms.psychometrics.agreement.fleiss import fleiss_kappa
    from lms.psychometrics.agreement.icc import ICCResult, icc
    from lms.psychometrics.agreement.kappa import weighted_kappa
    from lms.psychometrics.agreement.krippendorff import krippendorff_alpha
    from lms.psychometrics.agreement.result import AgreementResult
    from lms.psychometrics.classification import ClassificationResult
    from lms.psychometrics.dif.mantel_haenszel import DIFResult, mantel_haenszel_dif
    from lms.psychometrics.dif.regression import LogisticDIFResult, logistic_dif
    from lms.psychometrics.irt.bank import ItemBank, ItemErrors
    from lms.psychometrics.irt.certification import Recommendation, certify
    from lms.psychometrics.irt.classification import classification_irt
    from lms.psychometrics.irt.combination import combine_evidence
    from lms.psychometrics.irt.fit import fit_irt
    from lms.psychometrics.irt.item_fit import ItemFitResult, item_fit
    from lms.psychometrics.irt.level_posteriors import level_posterior
    from lms.psychometrics.irt.level_summary import LevelPosterior
    from lms.psychometrics.irt.posteriors import posterior
    from lms.psychometrics.irt.precision import (
        expected_score,
        information,
        score_distribution,
    )
    from lms.psychometrics.irt.residuals import person_fit, q3
    from lms.psychometrics.irt.result import IRTResult
    from lms.psychometrics.irt.scores import PersonScores, score_persons
    from lms.psychometrics.irt.selection import next_item
    from lms.psychometrics.irt.simulation import simulate
    from lms.psychometrics.irt.stopping import should_stop
    from lms.psychometrics.mfrm.bias import BiasTable, rater_bias
    from lms.psychometrics.mfrm.fit import fit_mfrm
    from lms.psychometrics.mfrm.linkage import LinkageResult, rater_linkage
    from lms.psychometrics.mfrm.result import MFRMResult
    from lms.psychometrics.mfrm.tables import AdjustedScores, FacetTable, LearnerTable
    from lms.psychometrics.ranks import RankResult, precedence_distance, rank_distance
    from lms.psychometrics.reliability.alpha import ReliabilityResult, cronbach_alpha
    from lms.psychometrics.reliability.flags import ItemFlag
    from lms.psychometrics.reliability.item_analysis import ItemAnalysis, item_analysis
    from lms.psychometrics.reliability.omega import omega_hierarchical, omega_total
    from lms.psychometrics.reliability.options import OptionTable
    from lms.psychometrics.standards.angoff import angoff
    from lms.psychometrics.standards.borderline import (
        borderline_group,
        borderline_regression,
    )
    from lms.psychometrics.standards.contrasting import contrasting_groups
    from lms.psychometrics.standards.cut_mapping import map_cut
    from lms.psychometrics.standards.cut_result import CutResult
    from lms.psychometrics.standards.hofstee import hofstee
    from lms.psychometrics.standards.livingston_lewis import livingston_lewis

__all__ = [
    "KINDS",
    "RULE_VERSION",
    "AdjustedScores",
    "AgreementResult",
    "Bank",
    "BiasTable",
    "Claim",
    "ClassificationResult",
    "ConcordanceResult",
    "ConvergenceWarning",
    "CutResult",
    "DIFResult",
    "DataError",
    "DisconnectedDesignError",
    "Evidence",
    "FacetTable",
    "ICCResult",
    "IRTResult",
    "IgnoredReason",
    "IgnoredRow",
    "ItemAnalysis",
    "ItemBank",
    "ItemErrors",
    "ItemFitResult",
    "ItemFlag",
    "Kind",
    "LearnerTable",
    "LevelCuts",
    "LevelEstimate",
    "LevelPosterior",
    "LevelRule",
    "LinkageResult",
    "LogisticDIFResult",
    "MFRMResult",
    "NextEvidence",
    "NoSolutionError",
    "OptionTable",
    "PersonScores",
    "Piece",
    "PsychometricsError",
    "RankResult",
    "RaterSeverity",
    "Recommendation",
    "ReliabilityResult",
    "SeverityPolicy",
    "ThetaSummary",
    "UsedRow",
    "angoff",
    "borderline_group",
    "borderline_regression",
    "certify",
    "classification_irt",
    "combine_evidence",
    "contrasting_groups",
    "cronbach_alpha",
    "estimate_level",
    "expected_score",
    "fit_irt",
    "fit_mfrm",
    "fleiss_kappa",
    "hofstee",
    "icc",
    "information",
    "item_analysis",
    "item_fit",
    "kendall_w",
    "krippendorff_alpha",
    "level_posterior",
    "livingston_lewis",
    "logistic_dif",
    "mantel_haenszel_dif",
    "map_cut",
    "next_evidence",
    "next_item",
    "omega_hierarchical",
    "omega_total",
    "person_fit",
    "posterior",
    "precedence_distance",
    "q3",
    "rank_distance",
    "rater_bias",
    "rater_linkage",
    "score_distribution",
    "score_persons",
    "should_stop",
    "simulate",
    "weighted_kappa",
]

# Names that are fetched when first asked for, by module: the pages show levels alone,
# and must not wait for the optimisers that calibrate banks.
_LATER = {
    "dif.regression": (
        "LogisticDIFResult",
        "logistic_dif",
    ),
    "dif.mantel_haenszel": (
        "DIFResult",
        "mantel_haenszel_dif",
    ),
    "standards.livingston_lewis": ("livingston_lewis",),
    "standards.cut_mapping": ("map_cut",),
    "standards.hofstee": ("hofstee",),
    "standards.contrasting": ("contrasting_groups",),
    "standards.borderline": (
        "borderline_group",
        "borderline_regression",
    ),
    "standards.angoff": ("angoff",),
    "standards.cut_result": ("CutResult",),
    "reliability.options": ("OptionTable",),
    "reliability.flags": ("ItemFlag",),
    "reliability.item_analysis": (
        "ItemAnalysis",
        "item_analysis",
    ),
    "reliability.omega": (
        "omega_hierarchical",
        "omega_total",
    ),
    "reliability.alpha": (
        "ReliabilityResult",
        "cronbach_alpha",
    ),
    "ranks": (
        "RankResult",
        "precedence_distance",
        "rank_distance",
    ),
    "agreement.result": ("AgreementResult",),
    "agreement.krippendorff": ("krippendorff_alpha",),
    "agreement.kappa": ("weighted_kappa",),
    "agreement.icc": (
        "ICCResult",
        "icc",
    ),
    "agreement.fleiss": ("fleiss_kappa",),
    "agreement.concordance": (
        "ConcordanceResult",
        "kendall_w",
    ),
    "classification": ("ClassificationResult",),
    "irt.bank": ("ItemBank", "ItemErrors"),
    "irt.certification": ("Recommendation", "certify"),
    "irt.classification": ("classification_irt",),
    "irt.combination": ("combine_evidence",),
    "irt.fit": ("fit_irt",),
    "irt.item_fit": ("ItemFitResult", "item_fit"),
    "irt.level_posteriors": ("level_posterior",),
    "irt.level_summary": ("LevelPosterior",),
    "irt.posteriors": ("posterior",),
    "irt.precision": ("expected_score", "information", "score_distribution"),
    "irt.residuals": ("person_fit", "q3"),
    "irt.result": ("IRTResult",),
    "irt.scores": ("PersonScores", "score_persons"),
    "irt.selection": ("next_item",),
    "irt.simulation": ("simulate",),
    "irt.stopping": ("should_stop",),
    "mfrm.bias": ("BiasTable", "rater_bias"),
    "mfrm.fit": ("fit_mfrm",),
    "mfrm.linkage": ("LinkageResult", "rater_linkage"),
    "mfrm.result": ("MFRMResult",),
    "mfrm.tables": ("AdjustedScores", "FacetTable", "LearnerTable"),
}
_MODULE_OF = {name: module for module, names in _LATER.items() for name in names}


def __getattr__(name: str) -> object:
    """Fetch a public name from its module on first use (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value
