"""How well something fits, and what a task needs or must not have, by condition."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from lms.simulation.domain.conditions import Condition
from lms.simulation.domain.tasks.scoring import Scope

FIT_CREDIT: Mapping[str, float] = {"good": 1.0, "partial": 0.5, "poor": 0.0}
ReadCondition: TypeAlias = Callable[[str], Condition]


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a thing fits: `good_when` a condition holds, otherwise `word`."""

    word: str
    good_when: Condition | None = None

    @classmethod
    def from_document(cls, given: Any, condition: ReadCondition) -> "Fit":
        """Read a word, or ``{good_when, else}``."""
        if isinstance(given, str):
            return cls(given)
        return cls(given["else"], condition(given["good_when"]))

    def word_in(self, scope: Scope) -> str:
        """Return ``good``, ``partial`` or ``poor``."""
        if self.good_when is not None and scope.holds(self.good_when):
            return "good"
        return self.word

    def credit_in(self, scope: Scope) -> float:
        """Return 1, 0.5 or 0."""
        return FIT_CREDIT[self.word_in(scope)]


@dataclass(frozen=True, slots=True)
class Demand:
    """Something that is needed, or harmful, as long as `when` holds."""

    id: str
    when: Condition | None = None
    because: str | None = None

    @classmethod
    def list_from(
        cls, rows: Iterable[Any], condition: ReadCondition
    ) -> tuple["Demand", ...]:
        """Read a list whose entries are ``ID`` or ``{id, when, because}``."""
        return tuple(
            cls(row)
            if isinstance(row, str)
            else cls(
                row["id"],
                condition(row["when"]) if "when" in row else None,
                row.get("because"),
            )
            for row in rows
        )


def holding(demands: Iterable[Demand], scope: Scope) -> list[Demand]:
    """Return the demands that are made in `scope`."""
    return [demand for demand in demands if scope.holds(demand.when)]
