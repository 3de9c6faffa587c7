"""Reading conditions: a small closed language, by recursive descent.

Grammar, loosest first; a name on the left of a comparison is a whole-number, word or
flag variable (or ``minutes``), and the word on its right is one of its values::

    either     = both { "or" both }
    both       = single { "and" single }
    single     = "not" single | "(" either ")" | comparison | name
    comparison = name ("==" | "!=" | "<" | "<=" | ">" | ">=") value
    name       = variable | "minutes" | ("fact" | "visited" | "chose" | "shared") "." id
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lms.simulation.domain.conditions import (
    SIGNS,
    Comparison,
    Group,
    Mark,
    Name,
    Negation,
    Node,
)
from lms.simulation.domain.variables import Value, Variable

RESERVED = frozenset({"and", "or", "not", "true", "false", "minutes"})
_TOKEN = re.compile(
    r"\s*(?:(?P<sign>==|!=|<=|>=|<|>|[()])|(?P<word>-\d+|[A-Za-z0-9_][\w.-]*))",
    re.ASCII,
)
_ORDERED = frozenset({"<", "<=", ">", ">="})


class ConditionError(ValueError):
    """A condition cannot be read; the message says what would be right.

    Attributes
    ----------
    is_name : bool
        The fault is an undeclared name (S1), not the form (Y1).
    """

    def __init__(self, text: str, *, is_name: bool = False) -> None:
        super().__init__(text)
        self.is_name = is_name


@dataclass(frozen=True, slots=True)
class Names:
    """What a case declares, so that conditions can be held against it."""

    variables: Mapping[str, Variable]
    facts: Collection[str]
    scenes: Collection[str]
    choices: Collection[str]

    def has(self, name: Name) -> bool:
        """Say whether a dotted name is declared."""
        known = {
            "fact": self.facts,
            "shared": self.facts,
            "visited": self.scenes,
            "chose": self.choices,
        }
        return name.id in known[name.kind]


def parse_condition(text: str, names: Names) -> Node:
    """Parse a condition against the names that a case declares.

    Raises
    ------
    ConditionError
        The form is wrong, or a name or value is not declared.
    """
    reader = _Reader(_tokens(text), names)
    node = reader.either()
    if reader.peek() is not None:
        raise ConditionError(f"'{reader.peek()}' is not expected in '{text}'")
    return node


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ConditionError(f"'{text[at:].strip()}' cannot be read in '{text}'")
        tokens.append(match.group(match.lastgroup or 0))
        at = match.end()
    return tokens


class _Reader:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, tokens: list[str], names: Names) -> None:
        self._tokens = tokens
        self._at = 0
        self._names = names

    def peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def either(self) -> Node:
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Group(False, tuple(parts))

    def _both(self) -> Node:
        parts = [self._single()]
        while self._take("and"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else Group(True, tuple(parts))

    def _single(self) -> Node:
        if self._take("not"):
            return Negation(self._single())
        if self._take("("):
            node = self.either()
            if not self._take(")"):
                raise ConditionError("a bracket is not closed; add ')'")
            return node
        word = self._next("a name")
        if self.peek() in SIGNS:
            return self._comparison(word)
        return self._alone(word)

    def _comparison(self, word: str) -> Node:
        sign = self._next("a comparison")
        given = self._next(f"a value after '{word} {sign}'")
        if word == "minutes":
            return Comparison(Name("minutes", ""), sign, _whole_number(word, given))
        variable = self._names.variables.get(word)
        if variable is None:
            raise ConditionError(
                f"'{word}' is no state variable; declare it under 'state'", is_name=True
            )
        value = _value_of(variable, given)
        if sign in _ORDERED and variable.kind != "int":
            raise ConditionError(f"'{word}' is no number; compare it with == or !=")
        return Comparison(Name("variable", word), sign, value)

    def _alone(self, word: str) -> Node:
        kind, _, rest = word.partition(".")
        if kind in ("fact", "visited", "chose", "shared") and rest:
            name = Name(kind, rest)
            if not self._names.has(name):
                raise ConditionError(
                    f"'{word}': nothing is called '{rest}'; correct the name",
                    is_name=True,
                )
            return Mark(name)
        variable = self._names.variables.get(word)
        if variable is None:
            raise ConditionError(
                f"'{word}' is not declared; write fact., visited., chose. or shared. "
                "before an id, or declare it under 'state'",
                is_name=word not in RESERVED,
            )
        if variable.kind != "bool":
            raise ConditionError(f"'{word}' is no flag; compare it with a value")
        return Comparison(Name("variable", word), "==", True)

    def _take(self, token: str) -> bool:
        if self.peek() == token:
            self._at += 1
            return True
        return False

    def _next(self, wanted: str) -> str:
        token = self.peek()
        if token is None:
            raise ConditionError(f"the condition ends where {wanted} should stand")
        self._at += 1
        return token


def _whole_number(name: str, given: str) -> int:
    try:
        return int(given)
    except ValueError:
        raise ConditionError(
            f"'{given}' is no whole number to compare '{name}' with"
        ) from None


def _value_of(variable: Variable, given: str) -> Value:
    if variable.kind == "int":
        return _whole_number(variable.id, given)
    value: Value = given
    if variable.kind == "bool":
        value = {"true": True, "false": False}.get(given, given)
    if not variable.accepts(value):
        known = ", ".join(str(own).lower() for own in variable.values)
        raise ConditionError(
            f"'{given}' is no value of '{variable.id}'; it holds {known}", is_name=True
        )
    return value
