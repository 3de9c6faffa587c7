"""Conditions of a support menu: closed clauses about a client, judged in three values.

What is not known of a client makes a condition neither true nor false (the strong
logic of Kleene, 1952, Introduction to Metamathematics, section 64): one failed part
settles an ``and``, one part that holds settles an ``or``, whatever is unknown beside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lms.content.domain import Bilingual
from lms.directory.domain.attributes import UNKNOWN, Value
from lms.directory.domain.sources import Basis


class Truth(StrEnum):
    """What can be said of a condition."""

    HOLDS = "holds"
    FAILS = "fails"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One attribute held against the values that are allowed, or against bounds.

    Attributes
    ----------
    allowed : frozenset or None
        For what is chosen from a list, and for yes or no.
    at_least, at_most : int or None
        For a number; both included.
    """

    attribute: str
    allowed: frozenset[Value] | None = None
    at_least: int | None = None
    at_most: int | None = None

    def judge(self, facts: Mapping[str, Value]) -> Truth:
        """Judge it by what is known."""
        value = facts.get(self.attribute, UNKNOWN)
        if value == UNKNOWN:
            return Truth.OPEN
        return Truth.HOLDS if self._admits(value) else Truth.FAILS

    def _admits(self, value: Value) -> bool:
        if self.allowed is not None:
            return value in self.allowed
        number = int(value)
        return (self.at_least is None or number >= self.at_least) and (
            self.at_most is None or number <= self.at_most
        )


@dataclass(frozen=True, slots=True)
class Needs:
    """Ways in which a condition can be met; in each of them all clauses must hold."""

    ways: tuple[tuple[Clause, ...], ...]

    def reads(self) -> tuple[str, ...]:
        """Return the attributes it depends on, in order, each once."""
        return tuple(
            dict.fromkeys(clause.attribute for way in self.ways for clause in way)
        )

    def judge(self, facts: Mapping[str, Value]) -> Truth:
        """Judge it by what is known."""
        truths = {_judge_way(way, facts) for way in self.ways}
        if Truth.HOLDS in truths:
            return Truth.HOLDS
        return Truth.OPEN if Truth.OPEN in truths else Truth.FAILS

    def asks(self, facts: Mapping[str, Value]) -> tuple[str, ...]:
        """Return the unknown attributes that could still settle it."""
        return tuple(
            dict.fromkeys(
                clause.attribute
                for way in self.ways
                if _judge_way(way, facts) is Truth.OPEN
                for clause in way
                if clause.judge(facts) is Truth.OPEN
            )
        )


def _judge_way(way: tuple[Clause, ...], facts: Mapping[str, Value]) -> Truth:
    truths = {clause.judge(facts) for clause in way}
    if Truth.FAILS in truths:
        return Truth.FAILS
    return Truth.OPEN if Truth.OPEN in truths else Truth.HOLDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition of a support menu, in words, as a test, and with its source."""

    id: str
    text: Bilingual
    needs: Needs
    basis: Basis
