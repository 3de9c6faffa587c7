"""Whether a clause of a condition fits the attribute that it reads."""

from collections.abc import Iterator, Mapping
from typing import Any


def clause_faults(
    name: str, clause: Any, attribute: Mapping[str, Any] | None
) -> Iterator[str]:
    """Say what is wrong with one clause, and what would be right.

    Parameters
    ----------
    clause : Any
        As its author wrote it: a value, a list of values, or bounds.
    attribute : mapping or None
        The declaration, if there is one.
    """
    if attribute is None:
        yield f"attribute '{name}' is not declared; add it to attributes.yaml"
        return
    form = clause if isinstance(clause, Mapping) else {"one_of": clause}
    bounds = [form[key] for key in ("at_least", "at_most") if key in form]
    listed = [key for key in ("one_of", "none_of") if key in form]
    if attribute["kind"] == "number":
        declared = attribute.get("bounds")  # its absence is a finding of its own
        yield from _number_faults(name, declared or {}, bounds, listed)
    elif bounds or len(listed) != 1:
        yield f"'{name}' is no number; name the values that are allowed"
    else:
        values = form[listed[0]]
        named = values if isinstance(values, list) else [values]
        yield from _value_faults(name, attribute, named)


def _number_faults(
    name: str, declared: Mapping[str, int], bounds: list[int], listed: list[str]
) -> Iterator[str]:
    if listed or not bounds:
        yield f"'{name}' is a number; give at_least, at_most or both"
    low, high = declared.get("low"), declared.get("high")
    if low is None or high is None:
        return
    if any(not low <= bound <= high for bound in bounds):
        yield f"'{name}' goes from {low} to {high}; a bound beyond that says nothing"
    if bounds != sorted(bounds):
        yield f"'{name}' can never be within {bounds[0]} and {bounds[1]}; swap them"


def _value_faults(
    name: str, attribute: Mapping[str, Any], named: list[Any]
) -> Iterator[str]:
    known: set[Any] = {True, False}
    if attribute["kind"] == "one_of":
        known = {option["id"] for option in attribute.get("options", ())}
        known |= set(attribute.get("groups", {}))
    for value in named:
        if value not in known or isinstance(value, bool) != (True in known):
            words = ", ".join(sorted(map(str, known))).lower()
            yield f"'{value}' is no value of '{name}'; use one of: {words}"
