"""Mantel-Haenszel test of DIF, with the classes of ETS."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtri

from lms.psychometrics.arrays import Flags, Floats, Ints
from lms.psychometrics.dif.groups import GroupedAnswers, read_groups
from lms.psychometrics.errors import DataError
from lms.psychometrics.intervals import as_confidence
from lms.psychometrics.results import Result

# Of the delta scale: -4 / 1.7 times the logit (Holland & Thayer 1988).
_DELTA = -2.35
# A match with more values than this, or between whole numbers, is cut into this many.
_MOST_STRATA, _STRATA = 200, 20
_MOST_ROUNDS = 20
_LEAST_ANCHORS = 2


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DIFResult(Result):
    """Mantel-Haenszel statistics of `J` items; arrays of the shape (J,) but for `ci`.

    Attributes
    ----------
    statistic, p : ndarray
        Chi-square with 1 degree of freedom.
    odds_ratio : ndarray
        Odds of the reference over the focal group at equal ability; above 1 the item
        favours the reference group. NaN where it cannot be told.
    ci : ndarray, shape (J, 2)
        Of the odds ratio.
    delta, delta_se : ndarray
        ``-2.35 log(odds ratio)``: negative favours the reference group.
    ets_class : tuple of str
        "A" negligible, "B" moderate, "C" large; "" where it cannot be told.
    n_strata : ndarray of int
        Levels of the match at which both groups answered.
    anchors : ndarray of bool
        Items whose sum persons were matched on (with the item itself).
    n_reference, n_focal : int
    n_rounds : int
        Rounds of purification.
    converged : bool
        Purification came to rest.
    method : str
    """

    statistic: Floats
    p: Floats
    odds_ratio: Floats
    ci: Floats
    delta: Floats
    delta_se: Floats
    ets_class: tuple[str, ...]
    n_strata: Ints
    anchors: Flags
    n_reference: int
    n_focal: int
    n_rounds: int
    converged: bool
    method: str


class _Figures(NamedTuple):
    """What the tables of all items give."""

    statistic: Floats
    p: Floats
    log_odds: Floats
    log_se: Floats
    n_strata: Ints


def mantel_haenszel_dif(
    responses: ArrayLike,
    group: ArrayLike,
    *,
    focal: Any,
    match: ArrayLike | None = None,
    purify: bool = False,
    continuity: bool = True,
    confidence_level: float = 0.95,
) -> DIFResult:
    """Compare persons of equal total by Mantel and Haenszel [1]_.

    An item belongs to the total it is matched on. Classes [2]_: "A" if the chi-square
    is not significant (0.05) or delta is below 1 in size; "C" if delta is at least 1.5
    and significantly above 1 (one-sided 0.05); else "B". The interval is from the
    variance of [3]_.

    Parameters
    ----------
    responses : array_like, shape (n_persons, n_items)
        0 and 1; NaN is missing, and needs `match`.
    group : array_like, shape (n_persons,)
    focal : label
        Of the focal group; all others are the reference group.
    match : array_like, shape (n_persons,), optional
        What to match on instead of the sum; figures between whole numbers, or of more
        than 200 values, are cut into 20 equally large strata.
    purify : bool
        Take items of class "B" and "C" out of the sum, again until none changes. It
        changes results, so it must be asked for.
    continuity : bool
        Take a half off the difference before it is squared.

    Raises
    ------
    DataError
        Answers other than 0 and 1, missing ones without `match`, a focal group that
        nobody or everybody is in, `purify` with `match`.

    References
    ----------
    .. [1] Holland, P. W., & Thayer, D. T. (1988). Differential item performance and the
       Mantel-Haenszel procedure. In H. Wainer & H. I. Braun (Eds.), Test validity
       (pp. 129-145). Lawrence Erlbaum.
    .. [2] Zieky, M. (1993). Practical questions in the use of DIF statistics in test
       development. In P. W. Holland & H. Wainer (Eds.), Differential item functioning
       (pp. 337-347). Lawrence Erlbaum.
    .. [3] Robins, J., Breslow, N., & Greenland, S. (1986). Estimators of the
       Mantel-Haenszel variance consistent in both sparse data and large-strata limiting
       models. Biometrics, 42(2), 311-323. doi:10.2307/2531052

    Examples
    --------
    >>> x = [[1, 1, 0], [1, 0, 0], [0, 1, 1], [1, 1, 0], [0, 1, 0], [0, 0, 1]] * 20
    >>> found = mantel_haenszel_dif(x, ["r", "r", "r", "f", "f", "f"] * 20, focal="f")
    >>> found.n_strata.tolist(), found.ets_class[0]
    ([2, 2, 2], 'B')
    """
    level = as_confidence(confidence_level)
    data = read_groups(responses, group, focal, match)
    if purify and match is not None:
        raise DataError("purify: the match is given, and holds no items to take out")
    anchors = np.ones(data.answers.shape[1], dtype=np.bool_)
    figures = _compare(data, anchors, continuity)
    classes = _classify(figures)
    rounds, seen = 0, [anchors]
    while purify and rounds < _MOST_ROUNDS:
        anchors = np.array([name in {"A", ""} for name in classes])
        if anchors.sum() < _LEAST_ANCHORS:
            raise DataError(
                f"purify: {anchors.sum()} items would be left to match on; give match"
            )
        if (anchors == seen[-1]).all():
            break
        seen.append(anchors)
        figures = _compare(data, anchors, continuity)
        classes = _classify(figures)
        rounds += 1
    words = "" if continuity else "out"
    return _result(
        data,
        figures,
        level,
        ets_class=classes,
        anchors=seen[-1],
        n_rounds=rounds,
        converged=rounds < _MOST_ROUNDS,
        method=f"Mantel-Haenszel, with{words} continuity correction, reference: "
        f"{data.reference}",
    )


def _result(
    data: GroupedAnswers, figures: _Figures, level: float, **more: Any
) -> DIFResult:
    reach = float(ndtri((1 + level) / 2)) * figures.log_se
    bounds = np.column_stack([figures.log_odds - reach, figures.log_odds + reach])
    n_focal = int(data.is_focal.sum())
    return DIFResult(
        statistic=figures.statistic,
        p=figures.p,
        odds_ratio=np.exp(figures.log_odds),
        ci=np.exp(bounds),
        delta=_DELTA * figures.log_odds,
        delta_se=abs(_DELTA) * figures.log_se,
        n_strata=figures.n_strata,
        n_reference=data.is_focal.size - n_focal,
        n_focal=n_focal,
        **more,
    )


def _compare(data: GroupedAnswers, anchors: Flags, continuity: bool) -> _Figures:
    """Sum over strata the two-by-two tables of every item at once."""
    a, b, c, d = _count(data, anchors)
    total = a + b + c + d
    is_both = (a + b > 0) & (c + d > 0)
    size = np.where(is_both, total, 1.0)
    right, wrong = a + c, b + d
    expected = (a + b) * right / size
    variance = (a + b) * (c + d) * right * wrong / (size**2 * np.maximum(size - 1, 1))
    off = np.abs(np.where(is_both, a - expected, 0.0).sum(axis=1))
    spread = np.where(is_both, variance, 0.0).sum(axis=1)
    off = np.maximum(off - 0.5, 0.0) if continuity else off
    is_known = spread > 0
    statistic = np.where(is_known, off**2 / np.where(is_known, spread, 1.0), np.nan)
    log_odds, log_se = _log_odds(*(np.where(is_both, x, 0.0) for x in (a, b, c, d)))
    p = np.where(is_known, chdtrc(1, np.nan_to_num(statistic)), np.nan)
    return _Figures(
        statistic, p, log_odds, log_se, is_both.sum(axis=1).astype(np.int64)
    )


def _log_odds(a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[Floats, Floats]:
    """Return the common log odds ratio and its error (Robins et al. 1986)."""
    size = np.maximum(a + b + c + d, 1.0)
    r, s = a * d / size, b * c / size
    p, q = (a + d) / size, (b + c) / size
    r_sum, s_sum = r.sum(axis=1), s.sum(axis=1)
    is_known = (r_sum > 0) & (s_sum > 0)
    r_safe, s_safe = np.where(is_known, r_sum, 1.0), np.where(is_known, s_sum, 1.0)
    variance = (
        (p * r).sum(axis=1) / (2 * r_safe**2)
        + (p * s + q * r).sum(axis=1) / (2 * r_safe * s_safe)
        + (q * s).sum(axis=1) / (2 * s_safe**2)
    )
    return (
        np.where(is_known, np.log(r_safe / s_safe), np.nan),
        np.where(is_known, np.sqrt(variance), np.nan),
    )


def _count(data: GroupedAnswers, anchors: Flags) -> tuple[Floats, ...]:
    """Return counts (J, strata): reference right and wrong, focal right and wrong."""
    answers = data.answers
    n_items = answers.shape[1]
    if data.match is None:
        held = answers[:, anchors].sum(axis=1, keepdims=True)
        strata = (held + answers * ~anchors).astype(np.intp)
    else:
        own = _stratify(data.match)
        strata = np.broadcast_to(own[:, None], answers.shape)
    width = int(strata.max()) + 1
    rows, items = np.nonzero(~np.isnan(answers))
    cell = 2 * data.is_focal[rows] + (answers[rows, items] == 0)
    place = (items * width + strata[rows, items]) * 4 + cell
    counts = np.bincount(place, minlength=n_items * width * 4).astype(np.float64)
    counts = counts.reshape(n_items, width, 4)
    return tuple(counts[:, :, k] for k in range(4))


def _stratify(match: Floats) -> Ints:
    values, codes = np.unique(match, return_inverse=True)
    if values.size > _MOST_STRATA or (values != np.round(values)).any():
        edges = np.unique(np.quantile(match, np.linspace(0, 1, _STRATA + 1)[1:-1]))
        codes = np.searchsorted(edges, match, side="right")
    return codes.reshape(-1).astype(np.int64)


def _classify(figures: _Figures) -> tuple[str, ...]:
    size = np.abs(_DELTA * figures.log_odds)
    error = abs(_DELTA) * figures.log_se
    is_small = (figures.p >= 0.05) | (size < 1)
    is_large = (size >= 1.5) & (size - float(ndtri(0.95)) * error > 1)
    names = np.where(is_small, "A", np.where(is_large, "C", "B"))
    return tuple(np.where(np.isnan(figures.log_odds), "", names).tolist())
