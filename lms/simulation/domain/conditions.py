"""Conditions as trees: what they read, and a compiled test of a state."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeAlias

from lms.simulation.domain.state import Layout, State
from lms.simulation.domain.variables import Value

Test: TypeAlias = Callable[[State], bool]
SIGNS: Mapping[str, Callable[[object, object], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,  # type: ignore[dict-item]  # only whole numbers reach it
    "<=": operator.le,  # type: ignore[dict-item]  # only whole numbers reach it
    ">": operator.gt,  # type: ignore[dict-item]  # only whole numbers reach it
    ">=": operator.ge,  # type: ignore[dict-item]  # only whole numbers reach it
}


class Name(NamedTuple):
    """One thing that a condition reads.

    `kind` is ``variable``, ``minutes``, ``fact``, ``visited``, ``chose`` or ``shared``.
    """

    kind: str
    id: str


class Node(Protocol):
    """One part of a parsed condition."""

    def reads(self) -> frozenset[Name]:
        """Return every name it depends on."""

    def compile(self, layout: Layout) -> Test:
        """Return a fast test of a state."""


@dataclass(frozen=True, slots=True)
class Mark:
    """``fact.x``, ``visited.x``, ``chose.x`` or ``shared.x``."""

    name: Name

    def reads(self) -> frozenset[Name]:
        """Return the one name."""
        return frozenset({self.name})

    def compile(self, layout: Layout) -> Test:
        """Test one bit."""
        kind, name = self.name
        if kind == "fact":
            bit = layout.facts[name]
            return lambda state: bool(state.facts & bit)
        if kind == "shared":
            bit = layout.facts[name]
            return lambda state: bool(state.shared & bit)
        if kind == "visited":
            bit = layout.scenes[name]
            return lambda state: bool(state.visited & bit)
        bit = layout.choices[name]
        return lambda state: bool(state.chosen & bit)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A variable or the clock held against one value."""

    name: Name
    sign: str
    value: Value

    def reads(self) -> frozenset[Name]:
        """Return the name on the left."""
        return frozenset({self.name})

    def compile(self, layout: Layout) -> Test:
        """Compare one place of the state."""
        compare, value = SIGNS[self.sign], self.value
        if self.name.kind == "minutes":
            return lambda state: compare(state.minutes, value)
        place = layout.variables[self.name.id]
        return lambda state: compare(state.values[place], value)


@dataclass(frozen=True, slots=True)
class Negation:
    """``not part``."""

    part: Node

    def reads(self) -> frozenset[Name]:
        """Return what the part reads."""
        return self.part.reads()

    def compile(self, layout: Layout) -> Test:
        """Turn the part round."""
        test = self.part.compile(layout)
        return lambda state: not test(state)


@dataclass(frozen=True, slots=True)
class Group:
    """Parts joined by ``and`` (`is_all`) or ``or``."""

    is_all: bool
    parts: tuple[Node, ...]

    def reads(self) -> frozenset[Name]:
        """Return what any part reads."""
        return frozenset().union(*(part.reads() for part in self.parts))

    def compile(self, layout: Layout) -> Test:
        """Test the parts from left to right until one settles it."""
        tests = tuple(part.compile(layout) for part in self.parts)
        if self.is_all:
            return lambda state: all(test(state) for test in tests)
        return lambda state: any(test(state) for test in tests)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as written, as a tree, and as a test."""

    text: str
    node: Node
    holds: Test = field(compare=False, repr=False)

    def reads(self) -> frozenset[Name]:
        """Return every name it depends on."""
        return self.node.reads()

    def __call__(self, state: State) -> bool:
        """Say whether it holds in `state`."""
        return self.holds(state)
