"""State variables of a case: each has a finite set of values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = int | str | bool


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: a bounded whole number, one of some words, or a flag.

    Attributes
    ----------
    kind : str
        ``int``, ``one_of`` or ``bool``.
    values : tuple of Value
        Everything it can hold; whole numbers in rising order.
    shown : str
        ``never``, ``always`` or ``after``: when the trainee may see it.
    """

    id: str
    kind: str
    values: tuple[Value, ...]
    start: Value
    shown: str = "never"

    def accepts(self, value: Any) -> bool:
        """Say whether `value` is one of its values, of the same type."""
        return any(type(value) is type(own) and value == own for own in self.values)

    def add(self, current: Value, amount: int) -> Value:
        """Return a whole number moved by `amount`, kept inside its bounds."""
        low, high = int(self.values[0]), int(self.values[-1])
        return min(high, max(low, int(current) + amount))

    @classmethod
    def from_document(cls, name: str, row: Mapping[str, Any]) -> "Variable":
        """Read one entry of ``state``."""
        values: tuple[Value, ...]
        if "int" in row:
            low, high = row["int"]
            kind, values = "int", tuple(range(low, high + 1))
        elif "one_of" in row:
            kind, values = "one_of", tuple(row["one_of"])
        else:
            kind, values = "bool", (False, True)
        return cls(name, kind, values, row["start"], row.get("shown", "never"))
