"""What is asked of the shape of an answer, and how it is said that it lacks it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lms.errors import message


class AnswerFault(ValueError):  # noqa: N818  # a fault of the answer, not of the code
    """An answer has the wrong shape; the engine adds the place.

    Attributes
    ----------
    remedy : FillingFault or None
        What somebody who fills in the page can put right; None for what no page sends.
    """

    remedy: "FillingFault | None" = None

    def inside(self, place: str) -> "AnswerFault":
        """Return the same fault with the place within the answer before it."""
        placed = AnswerFault(f"{place}: {self}")
        placed.remedy = self.remedy
        return placed


class FillingFault(AnswerFault):
    """A page can be filled in like this, and its reader can mend it.

    Parameters
    ----------
    template : str
        Message for the catalogues, with ``%(name)s`` place-holders for `values`.
    """

    def __init__(self, template: str, **values: int) -> None:
        self.template, self.values = template, values
        super().__init__(template % values)
        self.remedy = self


def require_list_of(answer: Any, allowed: Iterable[str], *, what: str) -> list[str]:
    """Return a list of different known ids, or say which entry is at fault."""
    if not isinstance(answer, list):
        raise AnswerFault(f"the answer must be a list of {what}")
    known = set(allowed)
    for number, entry in enumerate(answer):
        if not isinstance(entry, str) or entry not in known:
            raise AnswerFault(f"{entry!r} is none of the {what}: {_listed(known)}")
        if entry in answer[:number]:
            raise AnswerFault(f"{entry!r} stands there twice; name it once")
    return answer


def require_keys(
    answer: Any, *, required: Iterable[str], optional: Iterable[str] = ()
) -> Mapping[str, Any]:
    """Return a mapping with exactly these keys, or say which one is at fault."""
    if not isinstance(answer, dict):
        raise AnswerFault(f"the answer must be an object with {_listed(required)}")
    needed = set(required)
    for key in answer:
        if key not in needed and key not in set(optional):
            raise AnswerFault(f"unknown key {key!r}; leave it out")
    for key in sorted(needed):
        if key not in answer:
            raise AnswerFault(f"key {key!r} is missing; add it")
    return answer


def require_text(value: Any, key: str) -> str:
    """Return a string, or say which key holds none."""
    if not isinstance(value, str):
        raise AnswerFault(f"{key!r} must be a text")
    return value


def require_length(text: str, low: int, high: int | None) -> None:
    """Raise `FillingFault` unless a text has `low` to `high` characters."""
    count = len(text.strip())
    if count < low:
        told = message("%(count)s characters; write at least %(low)s.")
        raise FillingFault(told, count=count, low=low)
    if high is not None and count > high:
        told = message("%(count)s characters; write at most %(high)s.")
        raise FillingFault(told, count=count, high=high)


def require_count(rows: Sequence[Any], template: str, low: int, high: int) -> None:
    """Raise `FillingFault` unless there are `low` to `high` rows."""
    if not low <= len(rows) <= high:
        raise FillingFault(template, count=len(rows), low=low, high=high)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
