"""Where a play stands, as one small tuple of numbers that can be compared and kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lms.simulation.domain.variables import Value


class State(NamedTuple):
    """Everything that a condition can read, and nothing that a rater concludes.

    Attributes
    ----------
    minutes : int
        Virtual minutes since the start.
    values : tuple of Value
        State variables in the order of the case file.
    facts, shared, chosen, visited : int
        Sets as bits; `Layout` says which bit is which name.
    """

    scene: str
    minutes: int
    values: tuple[Value, ...]
    facts: int
    shared: int
    chosen: int
    visited: int


def _bits(names: Iterable[str]) -> dict[str, int]:
    return {name: 1 << number for number, name in enumerate(names)}


@dataclass(frozen=True, slots=True)
class Layout:
    """Which place or bit of a `State` holds which name."""

    variables: Mapping[str, int]
    facts: Mapping[str, int]
    scenes: Mapping[str, int]
    choices: Mapping[str, int]

    @classmethod
    def of(
        cls,
        *,
        variables: Iterable[str],
        facts: Iterable[str],
        scenes: Iterable[str],
        choices: Iterable[str],
    ) -> "Layout":
        """Give every name its place, in the order of the case file."""
        places = {name: number for number, name in enumerate(variables)}
        return cls(places, _bits(facts), _bits(scenes), _bits(choices))

    def mask(self, facts: Iterable[str]) -> int:
        """Return the bits of some facts."""
        result = 0
        for name in facts:
            result |= self.facts[name]
        return result

    def list_facts(self, mask: int) -> tuple[str, ...]:
        """Return the facts of a mask in the order of the case file."""
        return tuple(name for name, bit in self.facts.items() if mask & bit)
