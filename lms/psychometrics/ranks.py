"""How far an order is from another, or from what must come before what."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, as_vector
from lms.psychometrics.errors import DataError
from lms.psychometrics.results import Result

Method = Literal["kendall", "footrule", "tau", "weighted_tau"]
METHODS = ("kendall", "footrule", "tau", "weighted_tau")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RankResult(Result):
    """Distance of an order from the one it is judged by.

    Attributes
    ----------
    distance : float
        0 is the same order; the unit is the method's.
    normalised : float
        Distance as a share of the largest possible, 0 to 1; NaN where undefined.
    tau : float
        Rank correlation, 1 to -1: tau-b, or its weighted form with "weighted_tau"; NaN
        where one side ties everything.
    discordant_pairs : tuple of (first, second)
        What should come first, but came second. Ties are not among them.
    method : str
    """

    distance: float
    normalised: float
    tau: float
    discordant_pairs: tuple[tuple[Hashable, Hashable], ...]
    method: str


def rank_distance(
    expert: ArrayLike,
    learner: ArrayLike,
    *,
    method: Method = "kendall",
    ties: Literal["allowed", "refused"] = "allowed",
) -> RankResult:
    """Compare a learner's order of the same things with an expert's.

    "kendall": pairs in the other order; a pair that only one side ties counts a half
    [1]_ [2]_. "footrule": sum of the differences of ranks, ties given their mean rank
    [3]_. "tau": ``(1 - tau_b) / 2``. "weighted_tau": the same with pairs near the top
    counting more, by the sum of ``1 / rank`` of the two, averaged over both sides'
    ranks [4]_.

    Parameters
    ----------
    expert, learner : array_like, shape (n,)
        Rank or position that each side gives to thing 0, 1, …; equal ranks are ties.
    ties : {"allowed", "refused"}

    Returns
    -------
    RankResult
        Its pairs are places of things in the arguments.

    Raises
    ------
    DataError
        The lengths differ, a rank is missing, or there is a tie where none may be.

    References
    ----------
    .. [1] Kendall, M. G. (1938). A new measure of rank correlation. Biometrika,
       30(1-2), 81-93. doi:10.1093/biomet/30.1-2.81
    .. [2] Fagin, R., Kumar, R., Mahdian, M., Sivakumar, D., & Vee, E. (2006). Comparing
       partial rankings. SIAM Journal on Discrete Mathematics, 20(3), 628-648.
       doi:10.1137/05063088X
    .. [3] Diaconis, P., & Graham, R. L. (1977). Spearman's footrule as a measure of
       disarray. Journal of the Royal Statistical Society B, 39(2), 262-268.
       doi:10.1111/j.2517-6161.1977.tb01624.x
    .. [4] Vigna, S. (2015). A weighted correlation index for rankings with ties.
       Proceedings of the 24th International Conference on World Wide Web, 1166-1176.
       doi:10.1145/2736277.2741088

    Examples
    --------
    >>> result = rank_distance([1, 2, 3, 4], [1, 3, 2, 4])
    >>> result.distance, result.discordant_pairs
    (1.0, ((1, 2),))
    """
    if method not in METHODS:
        raise DataError(f"method: {method!r} is none of {', '.join(METHODS)}")
    first = _read_ranks(expert, "expert", ties)
    second = _read_ranks(learner, "learner", ties, size=first.size)
    signs, others = _signs(first), _signs(second)
    is_weighted = method == "weighted_tau"
    tau = _weighted(first, second) if is_weighted else _tau(signs, others)
    n = first.size
    if method == "kendall":
        distance, most = float(np.abs(signs - others).sum() / 4), n * (n - 1) / 2
    elif method == "footrule":
        gaps = np.abs(_mean_ranks(signs) - _mean_ranks(others))
        distance, most = float(gaps.sum()), float(n**2 // 2)
    else:
        distance, most = (1 - tau) / 2, 1.0
    pairs = np.argwhere((signs < 0) & (others > 0))
    return RankResult(
        distance=distance,
        normalised=distance / most if most > 0 else 0.0,
        tau=tau,
        discordant_pairs=tuple((int(i), int(j)) for i, j in pairs),
        method=method,
    )


def precedence_distance(
    pairs: Iterable[tuple[Hashable, Hashable]],
    order: Sequence[Hashable],
    *,
    missing: Literal["broken", "skipped"] = "broken",
) -> RankResult:
    """Count the demands "this before that" that an order does not meet.

    For plans of which experts fix only a part: what no pair speaks of may stand
    anywhere.

    Parameters
    ----------
    pairs : iterable of (first, second)
        `first` must come before `second`; said twice counts once.
    order : sequence
        What was done or planned, the first first.
    missing : {"broken", "skipped"}
        What a pair counts of which `order` lacks a part.

    Returns
    -------
    RankResult
        `distance` is the number of pairs broken, listed in `discordant_pairs`;
        `normalised` their share, `tau` is 1 less twice the share; both NaN without a
        pair to judge by.

    Raises
    ------
    DataError
        `order` holds something twice, or the pairs go round in a circle, so that no
        order could meet them.

    Examples
    --------
    >>> result = precedence_distance(
    ...     [("listen", "plan"), ("plan", "refer")], ["plan", "listen", "refer"]
    ... )
    >>> result.distance, result.discordant_pairs
    (1.0, (('listen', 'plan'),))
    """
    if missing not in {"broken", "skipped"}:
        raise DataError(f"missing: {missing!r} is neither 'broken' nor 'skipped'")
    demands = tuple(dict.fromkeys((first, second) for first, second in pairs))
    _refuse_circles(demands)
    places = {thing: place for place, thing in enumerate(order)}
    if len(places) < len(order):
        twice = next(thing for i, thing in enumerate(order) if places[thing] != i)
        raise DataError(f"order: {twice!r} is there twice")
    is_whole = [first in places and second in places for first, second in demands]
    judged = [
        pair
        for pair, whole in zip(demands, is_whole, strict=True)
        if whole or missing == "broken"
    ]
    broken = tuple(
        (first, second)
        for first, second in judged
        if not places.get(first, np.inf) < places.get(second, -1)
    )
    share = len(broken) / len(judged) if judged else float("nan")
    return RankResult(float(len(broken)), share, 1 - 2 * share, broken, "precedence")


@lru_cache(maxsize=256)
def _refuse_circles(demands: tuple[tuple[Hashable, Hashable], ...]) -> None:
    """Raise where pairs go round; many orders are held against the same pairs."""
    sorter: TopologicalSorter[Hashable] = TopologicalSorter()
    for first, second in demands:
        sorter.add(second, first)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " before ".join(map(repr, error.args[1]))
        raise DataError(f"pairs: no order can meet {circle}") from error


def _read_ranks(
    ranks: ArrayLike, name: str, ties: str, size: int | None = None
) -> Floats:
    found = as_vector(ranks, name, size=size)
    if found.size == 0:
        raise DataError(f"{name}: nothing is ranked")
    if ties not in {"allowed", "refused"}:
        raise DataError(f"ties: {ties!r} is neither 'allowed' nor 'refused'")
    if ties == "refused":
        values, counts = np.unique(found, return_counts=True)
        if counts.max() > 1:
            tied = np.flatnonzero(found == values[counts.argmax()]).tolist()
            raise DataError(f"{name}: things {tied} share a rank; ties are refused")
    return found


def _signs(ranks: Floats) -> Floats:
    """Return -1 where the row comes before the column, 1 after, 0 for ties."""
    signs: Floats = np.sign(ranks[:, None] - ranks)
    return signs


def _mean_ranks(signs: Floats) -> Floats:
    ranks: Floats = (signs.sum(axis=1) + signs.shape[0] + 1) / 2
    return ranks


def _tau(signs: Floats, others: Floats, weights: Floats | None = None) -> float:
    weigh = np.ones_like(signs) if weights is None else weights
    below = (weigh * signs**2).sum() * (weigh * others**2).sum()
    if below <= 0:
        return float("nan")
    return float((weigh * signs * others).sum() / np.sqrt(below))


def _weighted(first: Floats, second: Floats) -> float:
    """Average over weights by either side's ranks, ties ranked by the other side."""
    taus = []
    for keys in ((second, first), (first, second)):
        places = np.empty(first.size)
        places[np.lexsort(keys)] = np.arange(1.0, first.size + 1)
        weights = 1 / places[:, None] + 1 / places
        taus.append(_tau(_signs(first), _signs(second), weights))
    return float(np.mean(taus))
