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
from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import pairwise
from operator import add

from lms.psychometrics.blur import Message
from lms.psychometrics.evidence import Kind
from lms.psychometrics.partial_credit import Floats, RowCurves
from lms.psychometrics.weights import Showing

# Freshness of some rows, and the number of their rater if the severity is uncertain.
Group = tuple[float, int]


def join_rows(
    rows: Sequence[Showing],
    counted: Floats,
    curves: RowCurves,
    *,
    gap: float,
    prior_sd: float,
) -> Message:
    """Say what all rows together tell of the ability of today.

    A severity that one rater brings to several days or kinds at once is spread over
    them as independent errors of as many times the variance. Their mean then has the
    error that the one severity would leave.

    Parameters
    ----------
    counted : ndarray, shape (p, n)
        Share of each row's log-likelihood, for each posterior.
    """
    if all(row.freshness == 1 and not row.rater for row in rows):
        return Message(counted @ curves.log_likelihood, counted @ curves.gradient)
    # What has aged drifted with its kind; what has not stands together.
    chains: dict[Kind | None, dict[Group, list[int]]] = {}
    for i, row in enumerate(rows):
        chain = chains.setdefault(row.kind if row.freshness < 1 else None, {})
        chain.setdefault((row.freshness, row.rater), []).append(i)
    n_groups = Counter(rater for groups in chains.values() for _, rater in groups)
    variances = {
        row.rater: n_groups[row.rater] * row.severity_sd**2 for row in rows if row.rater
    }
    joined = [
        _carry(_read_days(groups, variances, share, curves, gap), gap, prior_sd, which)
        for groups in chains.values()
        for share, which in [_distinct(counted, groups)]
    ]
    return reduce(add, joined)


def _distinct(
    counted: Floats, groups: Mapping[Group, list[int]]
) -> tuple[Floats, list[int]]:
    """Return the shares that differ among posteriors, and which of them each has.

    Only what the cap takes from these rows makes a difference: often it is nothing.
    """
    members = [i for own in groups.values() for i in own]
    places: dict[bytes, int] = {}
    which = [
        places.setdefault(row.tobytes(), len(places)) for row in counted[:, members]
    ]
    return counted[[which.index(k) for k in range(len(places))]], which


def _read_days(
    groups: Mapping[Group, list[int]],
    variances: Mapping[int, float],
    counted: Floats,
    curves: RowCurves,
    gap: float,
) -> dict[float, Message]:
    """Return what was said at each freshness, seen through severities."""
    days: dict[float, Message] = {}
    for (share, rater), members in groups.items():
        weights = counted[:, members]
        said = Message(
            weights @ curves.log_likelihood[members],
            weights @ curves.gradient[members],
        ).blurred(variances.get(rater, 0.0), gap)
        days[share] = days[share] + said if share in days else said
    return days


def _carry(
    days: Mapping[float, Message], gap: float, prior_sd: float, which: list[int]
) -> Message:
    """Carry what was said from its oldest day to today, for each posterior."""
    shares = sorted(days)
    variances = [prior_sd**2 * (1 / share - 1) for share in [*shares, 1.0]]
    carried: Message | None = None
    for share, (then, later) in zip(shares, pairwise(variances), strict=True):
        carried = carried + days[share] if carried else days[share]
        carried = carried.blurred(then - later, gap)
    assert carried is not None  # noqa: S101 - a chain is here because it has rows
    return Message(carried.log[which], carried.slope[which])
