"""Order: put everything into the order in which it should be done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar

from lms.simulation.domain.tasks.scoring import (
    Cuts,
    Entry,
    Part,
    Scope,
    Task,
    TaskScore,
    first_of_each,
)
from lms.simulation.domain.tasks.shapes import AnswerFault, require_list_of


@dataclass(frozen=True, slots=True)
class Pair:
    """One thing that must come before another, and why (a text id)."""

    first: str
    then: str
    because: str | None = None


@dataclass(frozen=True, slots=True)
class OrderTask(Task):
    """Order items; the credit is the share of pairs that stand the right way round.

    Without ``before`` every pair of the expert's order counts, which makes the credit
    (1 + τ) / 2 of Kendall's rank correlation (Kendall, 1938, Biometrika 30, 81–93).
    """

    items: tuple[Entry, ...]
    order: tuple[str, ...]
    pairs: tuple[Pair, ...]
    cuts: Cuts

    kind: ClassVar[str] = "order"

    @classmethod
    def from_document(cls, row: Mapping[str, Any]) -> "OrderTask":
        """Read the keys of an order scene."""
        order = tuple(row["order"])
        pairs = tuple(Pair(*pair) for pair in row.get("before", ()))
        return cls(
            items=Entry.list_from(row["items"]),
            order=order,
            pairs=pairs or tuple(Pair(*pair) for pair in combinations(order, 2)),
            cuts=Cuts.from_document(row.get("cuts")),
        )

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return the items."""
        return self.items

    def check(self, answer: Any, _scope: Scope) -> None:
        """Take a list of all items."""
        known = [item.id for item in self.items]
        given = require_list_of(answer, known, what="items")
        for item in known:
            if item not in given:
                raise AnswerFault(f"item {item!r} is missing; order all of them")

    def score(self, answer: Any, _scope: Scope) -> TaskScore:
        """Return the share of pairs that stand the right way round."""
        place = {item: number for number, item in enumerate(answer)}
        parts = [
            Part(
                f"{pair.first}>{pair.then}",
                float(place[pair.first] < place[pair.then]),
                pair.because,
            )
            for pair in self.pairs
        ]
        return self.cuts.score(sum(part.credit for part in parts) / len(parts), parts)

    def full_credit(self, _scope: Scope) -> list[str]:
        """Return the expert's order."""
        return list(self.order)

    def answers(self, scope: Scope) -> Iterator[list[str]]:
        """Return one answer for each thing that can be seen.

        Swapping neighbours turns at most one pair round, so that the way from the
        expert's order to its reverse passes every credit there is.
        """
        return first_of_each(
            (self.score(answer, scope).seen, answer) for answer in self._to_reverse()
        )

    def _to_reverse(self) -> Iterator[list[str]]:
        current = list(self.order)
        yield list(current)
        for last in range(len(current) - 1, 0, -1):
            for place in range(last):
                swapped = current[place : place + 2]
                current[place : place + 2] = reversed(swapped)
                yield list(current)
