"""What may be known of a client: a closed list of attributes, each of them finite."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from lms.content.domain import Bilingual

Value: TypeAlias = str | int | bool
UNKNOWN: Final = "unknown"


class UnknownAttributeError(ValueError):
    """Something is said of a client that the directory has no word for."""


@dataclass(frozen=True, slots=True)
class Option:
    """One value of an attribute that is chosen from a list."""

    id: str
    name: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One thing that a condition may read of a client.

    Attributes
    ----------
    theme : str
        Under which heading it is asked.
    ask : Bilingual
        The question that settles it, as it is put to the client.
    kind : str
        ``one_of``, ``bool`` or ``number``.
    options : tuple of Option
        For ``one_of``.
    groups : mapping of str to frozenset of str
        Names for sets of options, such as all statuses that allow any work.
    low, high : int
        Bounds of a ``number``, both included.
    unit : Bilingual or None
        What a ``number`` counts.
    """

    id: str
    name: Bilingual
    theme: str
    ask: Bilingual
    kind: str
    options: tuple[Option, ...] = ()
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    low: int = 0
    high: int = 0
    unit: Bilingual | None = None

    @property
    def values(self) -> frozenset[Value]:
        """Return every value of what is chosen from a list, or of yes and no."""
        if self.kind == "bool":
            return frozenset({True, False})
        return frozenset(option.id for option in self.options)

    def allows(self, value: object) -> bool:
        """Say whether `value` is one of this attribute's values."""
        if self.kind == "bool":
            return isinstance(value, bool)
        if self.kind == "number":
            is_number = isinstance(value, int) and not isinstance(value, bool)
            return is_number and self.low <= value <= self.high  # type: ignore[operator]  # a number by then
        return isinstance(value, str) and value in self.values

    def domain_in_words(self) -> str:
        """Return the values in words, for messages to authors."""
        if self.kind == "bool":
            return "true or false"
        if self.kind == "number":
            return f"a whole number from {self.low} to {self.high}"
        return "one of " + ", ".join(option.id for option in self.options)


@dataclass(frozen=True, slots=True)
class ClientProfile(Mapping[str, Value]):
    """What is known of one client: a checked, frozen mapping; the rest is unknown."""

    values_known: Mapping[str, Value]

    @classmethod
    def from_facts(
        cls, attributes: Mapping[str, Attribute], facts: Mapping[str, object]
    ) -> "ClientProfile":
        """Return the profile that `facts` describe; ``unknown`` and None are left out.

        Raises
        ------
        UnknownAttributeError
            An attribute is not declared, or a value is none of its values.
        """
        known: dict[str, Value] = {}
        for name, value in facts.items():
            fault = fault_in(attributes, name, value)
            if fault is not None:
                raise UnknownAttributeError(fault)
            if value is not None and value != UNKNOWN:
                known[name] = value  # type: ignore[assignment]  # checked just above
        return cls(known)

    def __getitem__(self, name: str) -> Value:
        """Return what is known."""
        return self.values_known[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the attributes that are known."""
        return iter(self.values_known)

    def __len__(self) -> int:
        """Count the attributes that are known."""
        return len(self.values_known)


def fault_in(
    attributes: Mapping[str, Attribute], name: str, value: object
) -> str | None:
    """Say what is wrong with one statement about a client, and what would be right."""
    attribute = attributes.get(name)
    if attribute is None:
        known = ", ".join(sorted(attributes))
        return f"'{name}' is no attribute of a client; use one of: {known}"
    if value is None or value == UNKNOWN or attribute.allows(value):
        return None
    return (
        f"'{name}' cannot be {value!r}; give {attribute.domain_in_words()}, or unknown"
    )
