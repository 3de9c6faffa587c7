"""Concordance: how new information changes a hypothesis, held against a panel."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from lms.simulation.domain.tasks.scoring import (
    Cuts,
    Part,
    Scope,
    Task,
    TaskScore,
    first_of_each,
    mean_credit,
)
from lms.simulation.domain.tasks.shapes import AnswerFault, require_keys

SCALE = (-2, -1, 0, 1, 2)
"""From much weaker to much stronger."""


@dataclass(frozen=True, slots=True)
class ConcordanceItem:
    """One judgement.

    Attributes
    ----------
    hypothesis, new : str
        Text ids.
    panel : mapping of str to int
        What each member of the panel answered, kept raw.
    """

    id: str
    hypothesis: str
    new: str
    panel: Mapping[str, int]
    because: str | None = None

    @property
    def counts(self) -> Counter[int]:
        """Return how many members gave each answer."""
        return Counter(self.panel.values())

    def credit(self, answer: int) -> float:
        """Return the answer's share of the most frequent answer's votes."""
        counts = self.counts
        return counts[answer] / max(counts.values())

    @property
    def best(self) -> tuple[int, ...]:
        """Return the most frequent answers; nothing without a panel."""
        counts = self.counts
        most = max(counts.values(), default=0)
        return tuple(value for value in SCALE if most and counts[value] == most)


@dataclass(frozen=True, slots=True)
class ConcordanceTask(Task):
    """Judge how new information changes hypotheses, as in script concordance tests.

    Aggregate scoring: an answer is worth the members of the panel who gave it, as a
    share of those who gave the most frequent one. Items without panel are asked, and
    not scored.

    References
    ----------
    .. [1] Charlin, B., Roy, L., Brailovsky, C., Goulet, F., & van der Vleuten, C.
       (2000). The Script Concordance Test: a tool to assess the reflective clinician.
       Teaching and Learning in Medicine, 12(4), 189-195.
       doi:10.1207/S15328015TLM1204_5
    """

    items: tuple[ConcordanceItem, ...]
    labels: tuple[str, ...]
    cuts: Cuts

    kind: ClassVar[str] = "concordance"

    @classmethod
    def from_document(cls, row: Mapping[str, Any]) -> "ConcordanceTask":
        """Read the keys of a concordance scene."""
        return cls(
            items=tuple(
                ConcordanceItem(
                    given["id"],
                    given["hypothesis"],
                    given["new"],
                    given.get("panel", {}),
                    given.get("because"),
                )
                for given in row["items"]
            ),
            labels=tuple(row.get("labels", ())),
            cuts=Cuts.from_document(row.get("cuts")),
        )

    def check(self, answer: Any, _scope: Scope) -> None:
        """Take ``{"judgements": {item: −2 … 2}}`` with every item."""
        given = require_keys(answer, required=("judgements",))["judgements"]
        require_keys(given, required=[item.id for item in self.items])
        for item, value in given.items():
            if type(value) is not int or value not in SCALE:
                raise AnswerFault(
                    f"item {item!r}: {value!r} is none of -2, -1, 0, 1, 2"
                )

    def score(self, answer: Any, _scope: Scope) -> TaskScore:
        """Return the mean over the items that a panel has answered."""
        given = answer["judgements"]
        parts = tuple(
            Part(
                item.id,
                item.credit(given[item.id]),
                item.because,
                given=(str(given[item.id]),),
                expected=tuple(map(str, item.best)),
            )
            for item in self.items
            if item.panel
        )
        return self.cuts.score(mean_credit(parts), parts) if parts else TaskScore(None)

    def full_credit(self, _scope: Scope) -> dict[str, Any]:
        """Return the most frequent answer to each item; 0 without panel."""
        best = {item.id: (*item.best, 0)[0] for item in self.items}
        return {"judgements": best}

    def answers(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Return one answer for each thing that can be seen."""
        totals: dict[float, dict[str, int]] = {0.0: {}}
        for item in self.items:
            worths = {(*item.best, 0)[0]: 1.0}
            if item.panel:
                worths |= {value: item.credit(value) for value in SCALE}
            totals = {
                round(total + worth, 6): {**judged, item.id: value}
                for total, judged in totals.items()
                for value, worth in worths.items()
            }
        ranked = (totals[total] for total in sorted(totals, reverse=True))
        candidates = [self.full_credit(scope), *({"judgements": r} for r in ranked)]
        return first_of_each((self.score(row, scope).seen, row) for row in candidates)
