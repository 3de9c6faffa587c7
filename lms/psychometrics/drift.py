"""How rows join into one message: what raters and the time since the work hide.

The ability of today is ``theta``. Work of kind ``k`` that is ``a`` days old showed
``theta + D_k(a)``, where ``D_k`` is a Brownian motion that runs back from today on a
clock of its own, with the variance

    V_k(a) = prior_sd**2 * (2**(a / half_life_k) - 1)

so that the ability of that day explains the share ``0.5**(a / half_life_k)`` of the
variance of today's: its **freshness**. That share is the one of the stationary
(Ornstein-Uhlenbeck) process of the same half-life, but without the return to the mean
of the population, which would lower old results of the able and raise those of the
weak: age widens, and never moves. Kinds drift on their own; all work of one kind
shares the drift that came after it, so that many old rows are no surer than their age
allows.

A rater's severity is an unknown normal error of the same form, shared by what that
rater judged.

References
----------
.. [1] Uhlenbeck, G. E., & Ornstein, L. S. (1930). On the theory of the Brownian motion.
   Physical Review, 36(5), 823-841. doi:10.1103/PhysRev.36.823
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from lms.psychometrics.blur import Message
from lms.psychometrics.evidence import Kind
from lms.psychometrics.partial_credit import Floats, RowCurves
from lms.psychometrics.weights import Showing

# Kind and freshness of work that has aged; None for all work that has not.
Place = tuple[Kind, float] | None
# A place, and the number of the rater whose severity is not known for certain.
Group = tuple[Place, int]


def join_rows(
    rows: Sequence[Showing],
    counted: Floats,
    curves: RowCurves,
    *,
    gap: float,
    prior_sd: float,
) -> Message:
    """Say what all rows together tell of the ability of today.

    A severity that one rater brings to several places at once is spread over them as
    independent errors of as many times the variance. Their mean then has the error
    that the one severity would leave.

    Parameters
    ----------
    counted : ndarray, shape (p, n)
        Share of each row's log-likelihood, for each posterior.
    """
    groups: dict[Group, list[int]] = {}
    for i, row in enumerate(rows):
        groups.setdefault((_place_of(row), row.rater), []).append(i)
    if list(groups) == [(None, 0)]:
        return Message(counted @ curves.log_likelihood, counted @ curves.gradient)
    # Posteriors differ only where the cap takes something: often they are one.
    different, which = _distinct(counted)
    at_place = _read_places(rows, groups, different, curves, gap)
    fresh = at_place.pop(None, None)
    parts = [fresh] if fresh else []
    aged = {place: said for place, said in at_place.items() if place}
    for kind in dict.fromkeys(kind for kind, _ in aged):
        own = {share: said for (k, share), said in aged.items() if k == kind}
        parts.append(_carry(own, gap, prior_sd))
    joined = _sum(parts)
    return Message(joined.log[which], joined.slope[which])


def _read_places(
    rows: Sequence[Showing],
    groups: Mapping[Group, list[int]],
    counted: Floats,
    curves: RowCurves,
    gap: float,
) -> dict[Place, Message]:
    """Return what was said at each place, seen through its raters' severities."""
    n_places = Counter(rater for _, rater in groups)
    at_place: dict[Place, Message] = {}
    for (place, rater), members in groups.items():
        weights = counted[:, members]
        said = Message(
            weights @ curves.log_likelihood[members],
            weights @ curves.gradient[members],
        )
        if rater:
            variance = n_places[rater] * rows[members[0]].severity_sd ** 2
            said = said.blurred(variance, gap)
        at_place[place] = at_place[place] + said if place in at_place else said
    return at_place


def _distinct(counted: Floats) -> tuple[Floats, list[int]]:
    """Return the rows that differ, and for each row which of them it is."""
    places: dict[bytes, int] = {}
    which = [places.setdefault(row.tobytes(), len(places)) for row in counted]
    return counted[[which.index(k) for k in range(len(places))]], which


def _place_of(row: Showing) -> Place:
    return (row.kind, row.freshness) if row.freshness < 1 else None


def _carry(own: dict[float, Message], gap: float, prior_sd: float) -> Message:
    """Carry what one kind said from its oldest day to today."""
    shares = [*sorted(own), 1.0]
    variances = [prior_sd**2 * (1 / share - 1) for share in shares]
    carried: Message | None = None
    for share, (then, later) in zip(shares, pairwise(variances), strict=False):
        carried = carried + own[share] if carried else own[share]
        carried = carried.blurred(then - later, gap)
    assert carried is not None  # noqa: S101 - a kind is here because it has rows
    return carried


def _sum(parts: Iterable[Message]) -> Message:
    first, *rest = parts
    for part in rest:
        first = first + part
    return first
