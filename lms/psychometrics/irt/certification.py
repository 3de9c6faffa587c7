"""The certification rule: what the evidence recommends, for people to decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.level_summary import LevelPosterior
from lms.psychometrics.results import Result

Zone = Literal["award", "panel", "not_yet"]

# Two sources that differ by more than this many standard errors do so by chance in one
# case of a hundred.
_CONTRADICTION = 2.576


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Recommendation(Result):
    """What the evidence recommends.

    Attributes
    ----------
    zone : {"award", "panel", "not_yet"}
    probability : float
        That the level is reached.
    threshold : float
        From which probability to award.
    reasons : tuple of str
        Codes: "probability_reached", "probability_between" or "probability_below";
        then what keeps back, "too_few_answers", "too_few_raters", "contradiction", or
        "missing:" with the name of what is required.
    """

    zone: Zone
    probability: float
    threshold: float
    reasons: tuple[str, ...]


def certify(
    posterior: LevelPosterior,
    target_level: int,
    *,
    rule: Literal["probability", "loss"] = "probability",
    threshold: float = 0.9,
    losses: tuple[float, float] | None = None,
    min_answered: int = 0,
    min_raters: int = 2,
    required: Mapping[str, bool] | None = None,
) -> Recommendation:
    """Recommend for one person whether a level should be certified.

    With probability `p` of being at or above the level, and threshold `t`:
    ``p >= t`` awards, ``p < min(t, 1 - t)`` is not yet, between them a panel looks.
    Evidence that is too thin or lacks what is required is not yet, whatever `p` is; too
    few raters, or sources that contradict each other, send an award to the panel. A
    point estimate decides nothing.

    Parameters
    ----------
    posterior : LevelPosterior
        Of one person: ``posterior.person(index)``.
    target_level : int
        1 or more.
    rule, threshold, losses
        "probability" takes `threshold`. "loss" takes the costs of a wrong award and of
        a wrong refusal, ``(fp, fn)``: awarding is the cheaper act from
        ``t = fp / (fp + fn)``.
    min_answered, min_raters : int
        Answers, and different raters, that an award must rest on.
    required : mapping of str to bool, optional
        Named conditions, and whether each is met.

    Raises
    ------
    DataError
        More than one person, no such level, or a rule without its figures.

    Examples
    --------
    >>> from lms.psychometrics import ItemBank, level_posterior
    >>> bank = ItemBank("2PL", a=[2.0] * 8, b=[0.0] * 8)
    >>> found = level_posterior([1] * 8, bank, [0.0], raters=[["r1", "r2"]])
    >>> certify(found, 1).zone
    'award'
    >>> certify(found, 1, required={"supervision": False}).reasons
    ('probability_reached', 'missing:supervision')
    """
    if posterior.n_persons != 1:
        raise DataError(f"certify: one person, not {posterior.n_persons}; see person()")
    if target_level not in range(1, posterior.cuts.size + 1):
        raise DataError(
            f"target_level: {target_level!r}; levels are 1 to {posterior.cuts.size}"
        )
    limit = _threshold(rule, threshold, losses)
    probability = float(posterior.p_at_or_above[0, target_level - 1])
    zone, reason = _zone(probability, limit)
    lacking = [
        f"missing:{name}" for name, is_met in (required or {}).items() if not is_met
    ]
    if posterior.n_answered[0] < min_answered:
        lacking.insert(0, "too_few_answers")
    doubts = []
    if len(posterior.raters[0]) < min_raters:
        doubts.append("too_few_raters")
    if posterior.conflict[0] > _CONTRADICTION:
        doubts.append("contradiction")
    if lacking:
        zone = "not_yet"
    elif doubts and zone == "award":
        zone = "panel"
    return Recommendation(zone, probability, limit, (reason, *lacking, *doubts))


def _threshold(
    rule: str, threshold: float, losses: tuple[float, float] | None
) -> float:
    if rule == "probability":
        if not 0 < threshold <= 1:
            raise DataError(f"threshold: need above 0 and up to 1, got {threshold}")
        return float(threshold)
    if rule != "loss":
        raise DataError(f"rule: {rule!r} is neither 'probability' nor 'loss'")
    if losses is None or len(losses) != 2 or not min(losses) > 0:
        raise DataError(f"losses: need two positive costs (fp, fn), got {losses}")
    wrong_award, wrong_refusal = losses
    return float(wrong_award / (wrong_award + wrong_refusal))


def _zone(probability: float, threshold: float) -> tuple[Zone, str]:
    if probability >= threshold:
        return "award", "probability_reached"
    if probability < min(threshold, 1 - threshold):
        return "not_yet", "probability_below"
    if threshold <= 0.5:
        return "not_yet", "probability_below"
    return "panel", "probability_between"
