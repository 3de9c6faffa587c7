"""Triage: every item goes into one bin."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
from lms.simulation.domain.tasks.shapes import AnswerFault, require_keys


@dataclass(frozen=True, slots=True)
class TriageTask(Task):
    """Sort items by urgency; the key gives each bin of an item its credit.

    The credit of an answer is the mean over the items; a bin that the key does not
    name gives 0.
    """

    bins: tuple[Entry, ...]
    items: tuple[Entry, ...]
    key: Mapping[str, Mapping[str, float]]
    cuts: Cuts

    kind: ClassVar[str] = "triage"

    @classmethod
    def from_document(cls, row: Mapping[str, Any]) -> "TriageTask":
        """Read the keys of a triage scene."""
        return cls(
            bins=Entry.list_from(row["bins"]),
            items=Entry.list_from(row["items"]),
            key=row["key"],
            cuts=Cuts.from_document(row.get("cuts")),
        )

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return bins and items."""
        return self.bins + self.items

    def check(self, answer: Any, _scope: Scope) -> None:
        """Take ``{item: bin}`` with every item."""
        given = require_keys(answer, required=[item.id for item in self.items])
        bins = [entry.id for entry in self.bins]
        for item, chosen in given.items():
            if chosen not in bins:
                raise AnswerFault(
                    f"item {item!r}: {chosen!r} is no bin; the bins are "
                    + ", ".join(bins)
                )

    def score(self, answer: Any, _scope: Scope) -> TaskScore:
        """Return the mean credit over the items."""
        parts = [
            Part(item.id, float(self.key[item.id].get(answer[item.id], 0)))
            for item in self.items
        ]
        return self.cuts.score(sum(part.credit for part in parts) / len(parts), parts)

    def full_credit(self, _scope: Scope) -> dict[str, str]:
        """Return the best bin of each item; the first of equals."""
        return {item.id: self._by_credit(item)[0][1] for item in self.items}

    def answers(self, scope: Scope) -> Iterator[dict[str, str]]:
        """Return one answer for each thing that can be seen."""
        totals: dict[float, dict[str, str]] = {0.0: {}}
        for item in self.items:
            totals = {
                round(total + credit, 6): {**answer, item.id: chosen}
                for total, answer in reversed(totals.items())
                for credit, chosen in reversed(self._by_credit(item))
            }
        ranked = sorted(totals.items(), reverse=True, key=lambda pair: pair[0])
        return first_of_each(
            (self.score(answer, scope).seen, answer) for _, answer in ranked
        )

    def _by_credit(self, item: Entry) -> list[tuple[float, str]]:
        """Return (credit, bin), best first, the author's order among equals."""
        worths = [(float(self.key[item.id].get(b.id, 0)), b.id) for b in self.bins]
        return sorted(worths, key=lambda pair: -pair[0])
