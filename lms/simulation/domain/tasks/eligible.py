"""Whether the client of a case can use a support menu."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.directory.domain import (
    Directory,
    SupportMenu,
    Value,
    Verdict,
    directory_from_document,
    eligibility,
)
from lms.simulation.domain.conditions import Condition
from lms.simulation.domain.tasks.fit import ReadCondition
from lms.simulation.domain.tasks.scoring import Scope

_NOT_JUDGED = 0.5
_NOTHING: Mapping[str, Any] = {
    "version": 0,
    "title": {"ja": "", "en": ""},
    "themes": [],
    "attributes": [],
    "laws": [],
    "pages": [],
    "partners": [],
    "menus": [],
}


@dataclass(frozen=True, slots=True)
class Client:
    """What is true of the client, as attributes of the directory.

    Attributes
    ----------
    rows : mapping of str to tuple of (Condition or None, Value)
        By attribute; the first value whose condition holds counts.
    """

    rows: Mapping[str, tuple[tuple[Condition | None, Value], ...]] = field(
        default_factory=dict
    )

    @classmethod
    def from_document(
        cls, rows: Mapping[str, Any], condition: ReadCondition
    ) -> "Client":
        """Read the key ``client`` of a case."""
        return cls(
            {
                name: tuple(
                    (condition(row["when"]) if "when" in row else None, row["is"])
                    for row in (given if isinstance(given, list) else [{"is": given}])
                )
                for name, given in rows.items()
            }
        )

    @property
    def conditions(self) -> Iterator[Condition]:
        """Return the conditions on which attributes depend."""
        for choices in self.rows.values():
            yield from (when for when, _ in choices if when is not None)

    def facts_in(self, scope: Scope) -> dict[str, Value]:
        """Return the attributes that have a value in `scope`."""
        return {
            name: next(value for when, value in choices if scope.holds(when))
            for name, choices in self.rows.items()
        }


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a menu can be used.

    Attributes
    ----------
    credit : float
        1 if it can, 0.5 if that cannot be said yet, 0 if not.
    unmet : tuple of str
        Text ids, and ``menu#condition`` of the directory, that fail; where none
        fails, those that cannot be judged.
    """

    credit: float
    unmet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which conditions a menu can be used: the case's own, and the directory's.

    Attributes
    ----------
    own : tuple of (Condition, str)
        A condition, and the text id that says it.
    """

    own: tuple[tuple[Condition, str], ...] = ()
    listed: SupportMenu | None = None

    @classmethod
    def from_document(
        cls, row: Any, directory: Directory, condition: ReadCondition
    ) -> "Terms":
        """Read an entry of ``menus``."""
        if isinstance(row, str):
            return cls()
        own = tuple(
            (condition(given["when"]), given["because"])
            for given in row.get("conditions", ())
        )
        return cls(own, directory.find_menu(row.get("listed_as", "")))

    def judge(self, client: Client, scope: Scope) -> Judgement:
        """Say whether the client can use the menu, by what holds in `scope`."""
        failed = [text for condition, text in self.own if not scope.holds(condition)]
        verdict = Verdict.SATISFIED
        unknown: list[str] = []
        if self.listed is not None:
            found = eligibility(self.listed, client.facts_in(scope))
            verdict = found.verdict
            failed += [f"{self.listed.id}#{row.id}" for row in found.failed]
            unknown += [f"{self.listed.id}#{row.id}" for row in found.unknown]
        if failed:
            return Judgement(0.0, tuple(failed))
        if verdict is Verdict.UNKNOWN:
            return Judgement(_NOT_JUDGED, tuple(unknown))
        return Judgement(1.0)


def directory_in(document: Mapping[str, Any]) -> Directory:
    """Return what a published case has copied from the directory."""
    return directory_from_document({**_NOTHING, **document.get("directory", {})})
