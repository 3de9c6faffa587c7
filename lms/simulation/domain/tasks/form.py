"""Form: a paper to be filled in, field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from lms.errors import message
from lms.simulation.domain.observations import Seen
from lms.simulation.domain.tasks.scoring import (
    Cuts,
    Entry,
    Part,
    Scope,
    Task,
    TaskScore,
    first_of_each,
    mean_credit,
)
from lms.simulation.domain.tasks.shapes import (
    AnswerFault,
    FillingFault,
    require_keys,
    require_list_of,
    require_text,
)

_FILLER = "…"
_MAX_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field.

    Attributes
    ----------
    kind : str
        ``text``, ``choice``, ``choices``, ``number``, ``date`` or ``check``.
    expected : str, int, bool or None
        The right value of a number, a date or a check; None if it has no key.
    key : mapping of str to float
        Credit of the options of a ``choice``.
    example : str or None
        Text id of what could stand in a text, shown afterwards.
    """

    id: str
    kind: str
    label: Entry
    options: tuple[Entry, ...] = ()
    key: Mapping[str, float]
    needed: tuple[str, ...] = ()
    harmful: tuple[str, ...] = ()
    expected: str | int | bool | None = None
    is_required: bool = False
    minimum: int | None = None
    maximum: int | None = None
    max_chars: int = _MAX_CHARS
    lines: int = 1
    unit: str | None = None
    example: str | None = None
    because: str | None = None

    @classmethod
    def from_document(cls, row: Mapping[str, Any]) -> "FormField":
        """Read an entry of ``fields``."""
        return cls(
            id=row["id"],
            kind=row["kind"],
            label=Entry(row["id"], row["text"], row.get("about")),
            options=Entry.list_from(row.get("options", ())),
            key=row.get("key", {}),
            needed=tuple(row.get("needed", ())),
            harmful=tuple(row.get("harmful", ())),
            expected=row.get("expected"),
            is_required=row.get("required", False),
            minimum=row.get("min"),
            maximum=row.get("max"),
            max_chars=row.get("max_chars", _MAX_CHARS),
            lines=row.get("lines", 1),
            unit=row.get("unit"),
            example=row.get("example"),
            because=row.get("because"),
        )

    @property
    def is_keyed(self) -> bool:
        """Say whether the engine gives credit for it."""
        has_key = bool(self.key or self.needed) or self.expected is not None
        return has_key or (self.kind == "text" and self.is_required)

    def check(self, value: Any) -> None:
        """Raise `AnswerFault` if a value is of the wrong kind."""
        options = [entry.id for entry in self.options]
        if self.kind == "text":
            text = require_text(require_keys(value, required=("text",))["text"], "text")
            if not text.strip() or len(text) > self.max_chars:
                told = message("Write 1 to %(high)s characters in each text.")
                raise FillingFault(told, high=self.max_chars)
        elif self.kind == "choice" and value not in options:
            raise AnswerFault(f"{value!r} is none of {', '.join(options)}")
        elif self.kind == "choices":
            require_list_of(value, options, what="options")
        elif self.kind == "number":
            self._check_number(value)
        elif self.kind == "date":
            _check_date(value)
        elif self.kind == "check" and not isinstance(value, bool):
            raise AnswerFault("give true or false")

    def _check_number(self, value: Any) -> None:
        if type(value) is not int:
            raise AnswerFault(f"{value!r} is no whole number")
        low, high = self.minimum, self.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            raise _outside(value, low, high)

    def credit(self, value: Any) -> float:
        """Return the worth of a value, or of None where nothing was filled in."""
        if value is None:
            return 0.0
        if self.kind == "text":
            return 1.0
        if self.kind == "choice":
            return float(self.key.get(value, 0))
        if self.kind == "choices":
            right = len(set(value) & set(self.needed))
            return max(0.0, (2 * right - len(value)) / len(self.needed))
        return float(value == self.expected)

    def is_unsafe(self, value: Any) -> bool:
        """Say whether a harmful option was taken."""
        given = value if isinstance(value, list) else [value]
        return bool(set(self.harmful) & {row for row in given if isinstance(row, str)})

    @property
    def best(self) -> Any:
        """Return the value with the best credit; None where nothing is keyed."""
        if self.kind == "text":
            return {"text": _FILLER} if self.is_required else None
        if self.kind == "choice":
            return max(self.key, key=lambda o: self.key[o]) if self.key else None
        if self.kind == "choices":
            listed = [entry.id for entry in self.options]
            return [option for option in listed if option in self.needed] or None
        return self.expected

    @property
    def candidates(self) -> list[Any]:
        """Return one value for each credit: best, others, empty, harmful."""
        found = [self.best]
        if self.kind == "choice":
            found += [entry.id for entry in self.options]
        if self.kind == "choices":
            found += [list(self.needed[:n]) for n in range(len(self.needed), 0, -1)]
            found += [[option] for option in self.harmful]
        return [*found, None]


def _check_date(value: Any) -> None:
    try:
        is_day = date.fromisoformat(value).isoformat() == value
    except (TypeError, ValueError):
        is_day = False
    if not is_day:
        raise AnswerFault(f"{value!r} is no day; write it as 2026-05-01")


def _outside(value: int, low: int | None, high: int | None) -> FillingFault:
    """Return what to say of a number beyond its bounds, one of which there is."""
    if low is None:
        text = message("%(value)s is too large; at most %(high)s.")
        return FillingFault(text, value=value, high=high or 0)
    if high is None:
        text = message("%(value)s is too small; at least %(low)s.")
        return FillingFault(text, value=value, low=low)
    text = message("%(value)s is outside; give %(low)s to %(high)s.")
    return FillingFault(text, value=value, low=low, high=high)


@dataclass(frozen=True, slots=True)
class FormTask(Task):
    """Fill in a paper; the credit is the mean over the fields that have a key.

    What is written in words is personal text: it counts as there or not there, and
    what it says a person judges.
    """

    fields: tuple[FormField, ...]
    cuts: Cuts

    kind: ClassVar[str] = "form"

    @classmethod
    def from_document(cls, row: Mapping[str, Any]) -> "FormTask":
        """Read the keys of a form scene."""
        return cls(
            fields=tuple(FormField.from_document(given) for given in row["fields"]),
            cuts=Cuts.from_document(row.get("cuts")),
        )

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return labels and options."""
        return tuple(
            entry for field in self.fields for entry in (field.label, *field.options)
        )

    def check(self, answer: Any, _scope: Scope) -> None:
        """Take ``{"fields": {id: value}}``; what is left empty is left out."""
        given = require_keys(answer, required=("fields",))["fields"]
        known = {field.id: field for field in self.fields}
        require_keys(given, required=(), optional=known)
        for name, value in given.items():
            try:
                known[name].check(value)
            except AnswerFault as fault:
                raise fault.inside(f"field {name!r}") from None

    def score(self, answer: Any, _scope: Scope) -> TaskScore:
        """Return the mean over the keyed fields; a harmful option is unsafe."""
        given = answer["fields"]
        parts = tuple(_part(field, given.get(field.id)) for field in self.fields)
        keyed = [
            part
            for part, field in zip(parts, self.fields, strict=True)
            if field.is_keyed or part.is_unsafe
        ]
        if any(part.is_unsafe for part in keyed):
            return TaskScore(Seen.UNSAFE, 0.0, tuple(keyed))
        return self.cuts.score(mean_credit(keyed), keyed) if keyed else TaskScore(None)

    def full_credit(self, _scope: Scope) -> dict[str, Any]:
        """Return the best value of every field that has a key."""
        best = {field.id: field.best for field in self.fields}
        return {"fields": {name: v for name, v in best.items() if v is not None}}

    def answers(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Return one answer for each thing that can be seen."""
        totals: dict[tuple[bool, float], dict[str, Any]] = {(False, 0.0): {}}
        for field in self.fields:
            kept = dict(totals)
            totals = {}
            for (is_unsafe, total), answer in kept.items():
                for value in field.candidates:
                    place = (
                        is_unsafe or field.is_unsafe(value),
                        round(total + field.credit(value), 6)
                        if field.is_keyed
                        else total,
                    )
                    filled = {} if value is None else {field.id: value}
                    totals.setdefault(place, {**answer, **filled})
        ranked = [totals[p] for p in sorted(totals, key=lambda p: (p[0], -p[1]))]
        rows = [self.full_credit(scope), *({"fields": row} for row in ranked)]
        return first_of_each((self.score(row, scope).seen, row) for row in rows)


def _part(field: FormField, value: Any) -> Part:
    expected = () if field.kind == "text" else _words(field.best)
    part = Part(
        field.id,
        field.credit(value),
        field.because,
        given=() if field.kind == "text" else _words(value),
        expected=expected,
    )
    return replace(part, credit=0.0, is_unsafe=True) if field.is_unsafe(value) else part


def _words(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple(value)
    return (str(value).lower() if isinstance(value, bool) else str(value),)
