"""Whether raters share learners, without which they share no scale."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.csgraph import (
    breadth_first_order,
    connected_components,
    minimum_spanning_tree,
)

from lms.psychometrics.arrays import Ints, as_codes
from lms.psychometrics.errors import DataError
from lms.psychometrics.results import Result

Label = str | int | float
# Links reported: the weakest ones are what somebody has to do something about.
_MOST_LINKS = 5


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Link(Result):
    """A place where a design would fall apart.

    Attributes
    ----------
    raters : tuple of two labels
        The two raters across the link who share most learners.
    apart : tuple of labels
        Raters on the smaller side.
    n_learners : int
        Learners rated on both sides: all that ties the two together.
    """

    raters: tuple[Label, Label]
    apart: tuple[Label, ...]
    n_learners: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LinkageResult(Result):
    """How raters hang together through the learners they share.

    Attributes
    ----------
    n_subsets : int
        1 where all raters can be compared.
    raters : tuple of labels
        Sorted.
    subset_of_rater : ndarray of int, shape (n_raters,)
        Number of the subset of each rater, from 0, in the order of `raters`.
    weakest_links : tuple of Link
        At most five, weakest first. A link of one learner is legal, but the severities
        on its two sides are compared through that learner alone.
    """

    n_subsets: int
    raters: tuple[Label, ...]
    subset_of_rater: Ints
    weakest_links: tuple[Link, ...]

    @property
    def subsets(self) -> tuple[tuple[Label, ...], ...]:
        """Return the labels of each subset."""
        return tuple(
            tuple(self.raters[i] for i in np.flatnonzero(self.subset_of_rater == s))
            for s in range(self.n_subsets)
        )


def rater_linkage(learner: ArrayLike, rater: ArrayLike) -> LinkageResult:
    """Check a design before a fit: who can be compared with whom, and how safely.

    Raters are linked by rating the same learner. Severities of raters in different
    subsets have no common zero [1]_, whatever a program prints.

    Parameters
    ----------
    learner, rater : array_like, shape (n_ratings,)
        Labels. Several ratings of one learner by one rater count once.

    Returns
    -------
    LinkageResult

    Raises
    ------
    DataError
        The lengths differ, there is nothing, or a label is missing.

    References
    ----------
    .. [1] Linacre, J. M. (1994). Many-facet Rasch measurement (2nd ed.). MESA Press.

    Examples
    --------
    >>> found = rater_linkage(["a", "a", "b", "b", "c"], ["X", "Y", "Y", "Z", "W"])
    >>> found.n_subsets, found.subsets
    (2, (('W',), ('X', 'Y', 'Z')))
    >>> found.weakest_links[0].n_learners
    1
    """
    raters, rater_codes = as_codes(rater, "rater")
    if not raters:
        raise DataError("rater: nothing was rated")
    _, learner_codes = as_codes(learner, "learner", size=rater_codes.size)
    seen = _incidence(learner_codes, rater_codes, len(raters))
    n_subsets, subset = connected_components(seen.T @ seen, directed=False)
    return LinkageResult(
        n_subsets=int(n_subsets),
        raters=raters,
        subset_of_rater=subset.astype(np.int64),
        weakest_links=_weakest_links(seen, raters)[:_MOST_LINKS],
    )


def subsets_of_raters(learner: Ints, rater: Ints, n_raters: int) -> Ints:
    """Return the number of the linked subset of each rater."""
    seen = _incidence(learner, rater, n_raters)
    found: Ints = connected_components(seen.T @ seen, directed=False)[1]
    return found.astype(np.int64)


def weakest_link(learner: Ints, rater: Ints, raters: tuple[Label, ...]) -> Link | None:
    """Return the weakest link of coded ratings; None if there is nothing to link."""
    found = _weakest_links(_incidence(learner, rater, len(raters)), raters)
    return found[0] if found else None


def _incidence(learner: Ints, rater: Ints, n_raters: int) -> csr_array:
    """Return who rated whom, once each, as (learners x raters)."""
    size = int(learner.max(initial=-1)) + 1
    pairs = np.unique(learner * n_raters + rater)
    place = (pairs // max(n_raters, 1), pairs % max(n_raters, 1))
    return csr_array((np.ones(pairs.size), place), shape=(size, n_raters))


def _weakest_links(seen: csr_array, raters: tuple[Label, ...]) -> tuple[Link, ...]:
    """Cut each edge of the strongest tree, and count what else ties its sides."""
    shared = csr_array(seen.T @ seen)
    shared.setdiag(0)
    shared.eliminate_zeros()
    shared.data = -shared.data
    tree = csr_array(minimum_spanning_tree(shared))
    both = tree + tree.T
    links = []
    for a, b in zip(*tree.nonzero(), strict=True):
        side = _side_of(int(a), int(b), both)
        other = np.zeros(len(raters), dtype=bool)
        whole = breadth_first_order(both, int(a), directed=False)[0]
        other[whole] = True
        other &= ~side
        n_learners = int(((seen @ side > 0) & (seen @ other > 0)).sum())
        smaller = side if side.sum() <= other.sum() else other
        apart = tuple(raters[i] for i in np.flatnonzero(smaller))
        links.append(Link((raters[a], raters[b]), apart, n_learners))
    links.sort(key=lambda link: (link.n_learners, len(link.apart)))
    return tuple(links)


def _side_of(a: int, b: int, tree: csr_array) -> np.ndarray:
    """Return who still hangs together with `a` when its edge to `b` is cut."""
    cut = tree.tolil()
    cut[a, b] = cut[b, a] = 0
    cut = csr_array(cut)
    cut.eliminate_zeros()
    side = np.zeros(tree.shape[0], dtype=bool)
    side[breadth_first_order(cut, a, directed=False)[0]] = True
    return side
