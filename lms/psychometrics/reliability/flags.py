"""Items to look at, with the reason. A flag is a question to the author, no verdict."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lms.psychometrics.arrays import Floats, Ints
from lms.psychometrics.reliability.options import OptionTable
from lms.psychometrics.results import Result

# Working values; an item-rest correlation of 0.2 is the usual least (Ebel & Frisbie,
# 1991, Essentials of educational measurement, 5th ed., chapter 13, for the index D).
HARD, EASY = 0.2, 0.95
WEAK = 0.2
RARE = 0.05
_DIGITS = 9


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ItemFlag(Result):
    """One thing to look at.

    Attributes
    ----------
    item : int
    code : str
        "unanswered", "no_variance", "hard", "easy", "no_rest", "negative", "weak",
        "key", "attractive" or "unused".
    reason : str
        In words, with the figure.
    """

    item: int
    code: str
    reason: str

    def __repr__(self) -> str:
        return f"<item {self.item}, {self.code}: {self.reason}>"


def flag_items(
    *,
    n: Ints,
    facility: Floats,
    sd: Floats,
    item_rest_r: Floats,
    discrimination: Floats,
    options: tuple[OptionTable, ...],
) -> tuple[ItemFlag, ...]:
    """Return the flags of all items, in the order of the items."""
    flags: list[ItemFlag] = []
    # The last digits depend on the order of the rows, and must not decide at a limit.
    facility, item_rest_r = (np.round(x, _DIGITS) for x in (facility, item_rest_r))
    for item in range(facility.size):
        own = [
            *_of_scores(float(facility[item]), float(sd[item])),
            *_of_total(int(n[item]), float(item_rest_r[item]), discrimination[item]),
        ]
        if not own and np.isnan(item_rest_r[item]):
            own = [
                ("no_rest", "the other items do not vary, or not all were seen with it")
            ]
        if options:
            own += _of_options(options[item])
        flags += [ItemFlag(item, code, reason) for code, reason in own]
    return tuple(flags)


def _of_scores(facility: float, sd: float) -> Iterator[tuple[str, str]]:
    if np.isnan(sd):
        yield "unanswered", "fewer than two persons answered"
    elif sd == 0:
        yield "no_variance", "all scores are equal: it tells nobody from anybody"
    elif facility < HARD:
        yield "hard", f"{facility:.0%} of the points were reached"
    elif facility > EASY:
        yield "easy", f"{facility:.0%} of the points were reached"


def _of_total(
    n: int, rest_r: float, discrimination: float
) -> Iterator[tuple[str, str]]:
    words = f"correlates {rest_r:.2f} with the other items"
    # Two standard errors of no correlation: less than that may be chance.
    if rest_r < -2 / np.sqrt(max(n, 1)):
        yield "negative", f"{words}: is it keyed or scored the right way round?"
    elif rest_r < WEAK:
        yield "weak", f"{words} (upper less lower group: {discrimination:.2f})"


def _of_options(table: OptionTable) -> Iterator[tuple[str, str]]:
    own = table.labels.index(table.key)
    upper, lower = np.round(table.upper, _DIGITS), np.round(table.lower, _DIGITS)
    for place, label in enumerate(table.labels):
        if place == own:
            continue
        in_upper, in_lower = float(upper[place]), float(lower[place])
        if in_upper > float(upper[own]):
            yield (
                "key",
                f"the best group chose {label!r} ({in_upper:.0%}) rather than the key "
                f"{table.key!r} ({table.upper[own]:.0%})",
            )
        elif float(table.share[place]) < RARE:
            yield "unused", f"{label!r} was chosen by {table.share[place]:.1%}"
        elif in_upper > in_lower and float(table.rest_r[place]) > 0:
            yield (
                "attractive",
                f"{label!r} draws the best group ({in_upper:.0%}) more than the "
                f"weakest ({in_lower:.0%})",
            )
