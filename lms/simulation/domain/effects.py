"""What a choice, a document or a task does to the state; nothing else may change it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lms.simulation.domain.state import Layout
from lms.simulation.domain.variables import Value, Variable


@dataclass(frozen=True, slots=True)
class Change:
    """Set one variable, or add to it inside its bounds."""

    variable: Variable
    place: int
    is_sum: bool
    operand: Value

    def after(self, current: Value) -> Value:
        """Return the new value."""
        if self.is_sum:
            return self.variable.add(current, int(self.operand))
        return self.operand


@dataclass(frozen=True, slots=True)
class Share:
    """A fact told to somebody; `partner` is None where the case names nobody."""

    fact: str
    partner: str | None


@dataclass(frozen=True, slots=True)
class Effects:
    """One ``do`` list, compiled.

    Attributes
    ----------
    minutes : int
        Virtual minutes that pass; the sum of all ``clock`` entries.
    reveal_mask, share_mask : int
        Bits of the facts that become known, and that are told.
    """

    minutes: int = 0
    changes: tuple[Change, ...] = ()
    reveal_mask: int = 0
    share_mask: int = 0
    shares: tuple[Share, ...] = ()
    notes: tuple[str, ...] = ()

    def change(self, values: tuple[Value, ...]) -> tuple[Value, ...]:
        """Return the variables after all changes, in the order written."""
        if not self.changes:
            return values
        result = list(values)
        for change in self.changes:
            result[change.place] = change.after(result[change.place])
        return tuple(result)

    @classmethod
    def from_document(
        cls,
        rows: Iterable[Mapping[str, Any]],
        *,
        variables: Mapping[str, Variable],
        layout: Layout,
    ) -> "Effects":
        """Read one ``do`` list."""
        rows = tuple(rows)
        shares = tuple(
            Share(fact, row.get("with"))
            for row in rows
            for fact in row.get("share", ())
        )
        return cls(
            minutes=sum(row.get("clock", 0) for row in rows),
            changes=tuple(_changes(rows, variables, layout)),
            reveal_mask=layout.mask(
                fact for row in rows for fact in row.get("reveal", ())
            ),
            share_mask=layout.mask(share.fact for share in shares),
            shares=shares,
            notes=tuple(row["note"] for row in rows if "note" in row),
        )


def _changes(
    rows: Iterable[Mapping[str, Any]],
    variables: Mapping[str, Variable],
    layout: Layout,
) -> Iterable[Change]:
    for row in rows:
        for verb in ("set", "add"):
            for name, operand in row.get(verb, {}).items():
                place = layout.variables[name]
                yield Change(variables[name], place, verb == "add", operand)
