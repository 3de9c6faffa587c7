"""Which item of a bank comes next."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Flags, Floats, Ints, as_cuts, as_rng
from lms.psychometrics.errors import DataError, NoSolutionError
from lms.psychometrics.irt.bank import ItemBank
from lms.psychometrics.irt.belief import Belief, Points, read_belief
from lms.psychometrics.irt.curves import log_probabilities
from lms.psychometrics.irt.precision import information

Rule = Literal["max_info", "kl", "cut_info"]

# Nodes with less than this share of the highest density do not sway the choice.
_LEAST_SHARE = 1e-3
# Points that are enough for an average over a single-peaked belief.
_NODES = 16
# Half-width, times one over the root of the number of items, of the interval about a
# point estimate over which Kullback-Leibler information is averaged.
_KL_REACH = 3.0


def next_item(
    items: ItemBank,
    theta_or_posterior: Belief,
    seen: ArrayLike,
    *,
    rule: Rule = "max_info",
    cut: float | ArrayLike | None = None,
    exposure: int | ArrayLike | None = None,
    content: tuple[Sequence[object], Mapping[object, float]] | None = None,
    rng: int | Generator | None = None,
) -> int:
    """Choose the next item of an adaptive test.

    Parameters
    ----------
    theta_or_posterior : float, (theta, density), or LevelPosterior of one person
        What is believed of the ability. A distribution averages the rule over it.
    seen : array_like
        Places of the items given so far, or a flag for each item of the bank.
    rule : {"max_info", "kl", "cut_info"}
        Fisher's information [1]_; Kullback-Leibler information about the estimate [2]_,
        steadier early in a test; or information at a cut [3]_, which decides soonest
        between two levels.
    cut : float or array_like
        For "cut_info"; of several the one nearest to the estimate counts.
    exposure : int or array_like, shape (J,), optional
        A number `k`: one of the best `k` at random [4]_. Probabilities: the best item
        that passes a draw with its own, or the best if none does [5]_.
    content : (labels, shares), optional
        Label of each item, and the share of the test that each label should have: the
        label furthest below its share is served first [4]_.
    rng : int or Generator, optional
        Needed with `exposure`.

    Returns
    -------
    int
        Place in the bank.

    Raises
    ------
    NoSolutionError
        Every item was given.
    DataError
        An argument does not fit the bank or the rule.

    References
    ----------
    .. [1] Lord, F. M. (1980). Applications of item response theory to practical testing
       problems. Erlbaum.
    .. [2] Chang, H.-H., & Ying, Z. (1996). A global information approach to
       computerized adaptive testing. Applied Psychological Measurement, 20(3), 213-229.
       doi:10.1177/014662169602000303
    .. [3] Eggen, T. J. H. M. (1999). Item selection in adaptive testing with the
       sequential probability ratio test. Applied Psychological Measurement, 23(3),
       249-261. doi:10.1177/01466219922031365
    .. [4] Kingsbury, G. G., & Zara, A. R. (1989). Procedures for selecting items for
       computerized adaptive tests. Applied Measurement in Education, 2(4), 359-375.
       doi:10.1207/s15324818ame0204_6
    .. [5] Sympson, J. B., & Hetter, R. D. (1985). Controlling item-exposure rates in
       computerized adaptive testing. Proceedings of the 27th annual meeting of the
       Military Testing Association, 973-977.

    Examples
    --------
    >>> bank = ItemBank("2PL", a=[1.0, 1.0, 2.0], b=[0.0, 1.0, 1.0])
    >>> next_item(bank, 1.0, seen=[])
    2
    >>> next_item(bank, 1.0, seen=[2])
    1
    """
    is_open = ~_read_seen(seen, items.n_items)
    if not is_open.any():
        raise NoSolutionError("next_item: every item of the bank was given")
    belief = read_belief(theta_or_posterior)
    value = _values(items, belief, rule, cut, int((~is_open).sum()))
    allowed = is_open if content is None else _balance(is_open, content)
    ranked = np.argsort(-np.where(allowed, value, -np.inf), kind="stable")
    ranked = ranked[: int(allowed.sum())]
    return int(ranked[0] if exposure is None else _expose(ranked, exposure, rng))


def _read_seen(seen: ArrayLike, n_items: int) -> Flags:
    given = np.asarray(seen)
    if given.dtype == bool and given.shape == (n_items,):
        return given
    found = np.zeros(n_items, dtype=bool)
    if given.size:
        places = given.reshape(-1)
        if not np.isin(places, np.arange(n_items)).all():
            raise DataError(f"seen: a place is not in the bank of {n_items} items")
        found[places.astype(np.intp)] = True
    return found


def _values(
    items: ItemBank,
    belief: Points,
    rule: str,
    cut: float | ArrayLike | None,
    n_seen: int,
) -> Floats:
    """Return the worth of each item, shape (J,)."""
    if rule == "cut_info":
        if cut is None:
            raise DataError("cut: 'cut_info' needs at least one")
        cuts = as_cuts(cut)
        nearest = cuts[np.abs(cuts - belief.mean).argmin()]
        at_cut: Floats = information(items, [nearest])[0]
        return at_cut
    kept = np.flatnonzero(belief.mass >= _LEAST_SHARE * belief.mass.max())
    kept = kept[:: max(1, kept.size // _NODES)]
    theta, mass = belief.theta[kept], belief.mass[kept] / belief.mass[kept].sum()
    if rule == "max_info":
        found: Floats = mass @ information(items, theta)
        return found
    if rule != "kl":
        raise DataError(f"rule: {rule!r} is none of max_info, kl, cut_info")
    if theta.size == 1:
        reach = _KL_REACH / np.sqrt(n_seen + 1)
        theta = np.linspace(belief.mean - reach, belief.mean + reach, 21)
        mass = np.full(theta.size, 1 / theta.size)
    coefficients = items.coefficients()
    logs = log_probabilities(coefficients, theta)
    own = log_probabilities(coefficients, np.array([belief.mean]))[:, :, 0]
    finite = np.isfinite(own)
    average = np.where(finite, np.where(finite[..., None], logs, 0.0) @ mass, 0.0)
    gains = np.where(finite, own, 0.0) - average
    distance: Floats = (np.exp(own) * gains).sum(axis=1)
    return distance


def _balance(
    is_open: Flags, content: tuple[Sequence[object], Mapping[object, float]]
) -> Flags:
    """Return the open items of the label that is furthest below its share."""
    labels, shares = content
    if len(labels) != is_open.size:
        raise DataError(f"content: {len(labels)} labels for {is_open.size} items")
    n_seen = max(int((~is_open).sum()), 1)
    best, lack = is_open, -np.inf
    for label, share in shares.items():
        among = np.array([own == label for own in labels])
        missing = share - (among & ~is_open).sum() / n_seen
        if (among & is_open).any() and missing > lack:
            best, lack = among & is_open, missing
    return best


def _expose(
    ranked: Ints, exposure: int | ArrayLike, rng: int | Generator | None
) -> int:
    if rng is None:
        raise DataError("rng: exposure control needs one")
    generator = as_rng(rng)
    if isinstance(exposure, int):
        if exposure < 1:
            raise DataError(f"exposure: one of the best {exposure}?")
        return int(ranked[generator.integers(min(exposure, ranked.size))])
    chances = np.asarray(exposure, dtype=np.float64)
    if chances.ndim != 1 or chances.size <= ranked.max():
        raise DataError("exposure: need a probability for each item of the bank")
    passed = np.flatnonzero(generator.random(ranked.size) < chances[ranked])
    return int(ranked[passed[0] if passed.size else 0])
