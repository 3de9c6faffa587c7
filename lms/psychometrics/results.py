"""What all results share: frozen fields, read-only arrays, one screen, JSON."""

from collections.abc import Mapping
from dataclasses import fields
from math import isfinite
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

# A result is read on one screen; longer arrays show their ends.
_ARRAY_THRESHOLD = 12
_ARRAY_EDGE = 3


def freeze(value: Any) -> Any:
    """Return `value` such that nobody can change it: arrays copied and read-only."""
    if isinstance(value, np.ndarray):
        if value.flags.writeable or value.base is not None:
            value = value.copy()
            value.flags.writeable = False
        return value
    if isinstance(value, Mapping):
        return MappingProxyType({key: freeze(held) for key, held in value.items()})
    return value


def to_json(value: Any) -> Any:
    """Return `value` in the types of JSON; what is not a finite number becomes None.

    Examples
    --------
    >>> to_json({"se": np.array([0.5, np.nan])})
    {'se': [0.5, None]}
    """
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): to_json(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(held) for held in value]
    to_dict = getattr(value, "to_dict", None)
    return to_dict() if to_dict else value


def floats_from_json(values: Any) -> NDArray[np.float64]:
    """Return nested lists as an array, None read as NaN: the way back of `to_json`."""
    return np.array(values, dtype=object).astype(np.float64)


class Result:
    """Base of results: frozen dataclasses with slots, read-only, shown on a screen.

    Decorate a subclass with
    ``@dataclass(frozen=True, slots=True, eq=False, repr=False)``. Its arrays and
    mappings become read-only copies. A `__post_init__` of its own calls
    ``Result.__post_init__(self)`` (a class with slots has no bare `super`).
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]  # subclasses are dataclasses
            object.__setattr__(self, field.name, freeze(getattr(self, field.name)))

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON-safe data; what is not known (NaN) is None."""
        return {
            field.name: to_json(getattr(self, field.name))
            for field in fields(self)  # type: ignore[arg-type]  # as above
        }

    def __repr__(self) -> str:
        lines = [
            f"  {field.name}={_show(getattr(self, field.name))}"
            for field in fields(self)  # type: ignore[arg-type]  # as above
            if field.repr
        ]
        return "\n".join([f"{type(self).__name__}(", *lines, ")"])


def _show(value: object) -> str:
    if isinstance(value, np.ndarray):
        shape = "x".join(map(str, value.shape))
        figures = np.array2string(
            value,
            precision=3,
            threshold=_ARRAY_THRESHOLD,
            edgeitems=_ARRAY_EDGE,
            suppress_small=True,
            separator=", ",
        )
        return f"{figures} ({shape})".replace("\n", "\n    ")
    if isinstance(value, float):
        return f"{value:.6g}"
    text = repr(dict(value)) if isinstance(value, MappingProxyType) else repr(value)
    indented = text.replace("\n", "\n  ")
    return indented if len(text) < 600 else f"{indented[:600]} …"
