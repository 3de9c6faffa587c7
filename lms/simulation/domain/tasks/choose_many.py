"""Choose many: pick what is needed, leave the rest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from lms.errors import message
from lms.simulation.domain.observations import Seen
from lms.simulation.domain.tasks.scoring import (
    Cuts,
    Entry,
    Part,
    Scope,
    Task,
    TaskScore,
    first_of_each,
)
from lms.simulation.domain.tasks.shapes import require_count, require_list_of


@dataclass(frozen=True, slots=True)
class ChooseManyTask(Task):
    """Pick from a list; the credit is (right − wrong) / needed, at least 0.

    A harmful pick is seen as unsafe, whatever else was picked.
    """

    items: tuple[Entry, ...]
    needed: tuple[str, ...]
    harmful: tuple[str, ...]
    minimum: int
    maximum: int
    cuts: Cuts

    kind: ClassVar[str] = "choose_many"

    @classmethod
    def from_document(cls, row: Mapping[str, Any]) -> "ChooseManyTask":
        """Read the keys of a choose_many scene."""
        items = Entry.list_from(row["items"])
        pick = row.get("pick", {})
        return cls(
            items=items,
            needed=tuple(row["needed"]),
            harmful=tuple(row.get("harmful", ())),
            minimum=pick.get("min", 0),
            maximum=pick.get("max", len(items)),
            cuts=Cuts.from_document(row.get("cuts")),
        )

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return the items."""
        return self.items

    def check(self, answer: Any, _scope: Scope) -> None:
        """Take a list of some items."""
        given = require_list_of(answer, [i.id for i in self.items], what="items")
        told = message("You chose %(count)s. Choose %(low)s to %(high)s.")
        require_count(given, told, self.minimum, self.maximum)

    def score(self, answer: Any, _scope: Scope) -> TaskScore:
        """Return (right − wrong) / needed, or unsafe."""
        parts = [Part(item, 1.0 if item in self.needed else -1.0) for item in answer]
        credit = max(0.0, sum(part.credit for part in parts) / len(self.needed))
        if set(answer) & set(self.harmful):
            return TaskScore(Seen.UNSAFE, 0.0, tuple(parts))
        return self.cuts.score(credit, parts)

    def full_credit(self, scope: Scope) -> list[str]:
        """Return what is needed, as far as may be picked."""
        return next(self.answers(scope))

    def answers(self, scope: Scope) -> Iterator[list[str]]:
        """Return one answer for each thing that can be seen."""
        scored = [(self.score(picked, scope), picked) for picked in self._picks()]
        scored.sort(key=lambda pair: (pair[0].credit, _rank(pair[0])), reverse=True)
        return first_of_each((score.seen, picked) for score, picked in scored)

    def _picks(self) -> Iterator[list[str]]:
        """Return one pick for each count of needed, other and harmful items."""
        listed = [item.id for item in self.items]
        others = [i for i in listed if i not in self.needed and i not in self.harmful]
        for right in range(len(self.needed), -1, -1):
            for wrong in range(len(others) + 1):
                for harm in range(len(self.harmful) + 1):
                    picked = {
                        *self.needed[:right],
                        *others[:wrong],
                        *self.harmful[:harm],
                    }
                    if self.minimum <= len(picked) <= self.maximum:
                        yield [item for item in listed if item in picked]


def _rank(score: TaskScore) -> int:
    return score.seen.rank if score.seen else 0
