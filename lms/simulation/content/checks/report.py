"""Findings about one case, with their places in its files."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from lms.content.domain import Finding, Findings, Level
from lms.content.kinds import Draft
from lms.content.source import SourceFile
from lms.content.yaml_reader import Place
from lms.simulation.content import walk

NOT_ACCEPTABLE = frozenset({"Y1", "S1", "V4"})
"""A case with these cannot be built, so nobody can take them as they are."""
_NAME_KEYS = ("id", "criterion", "for", "name")


class Report:
    """Collects the findings of one case.

    Attributes
    ----------
    document : mapping
        The case as it would be published.
    texts : mapping of str to SourceFile
        The text files by language.
    """

    def __init__(self, draft: Draft) -> None:
        self.slug = draft.slug
        self.document = draft.document
        self.main = draft.main
        self.texts: Mapping[str, SourceFile] = {
            file.name.removesuffix(".yaml").rpartition("text.")[2]: file
            for file in draft.files[1:]
        }
        self._rows: list[Finding] = []

    @cached_property
    def acts(self) -> Mapping[str, Place]:
        """Return the places of choices, documents and tasks, as plays name them."""
        return {
            str(at.value.get("id", at.place[-1])): at.place
            for at in walk.acts(self.document)
        }

    def error(self, code: str, place: Place, text: str, **more: Any) -> None:
        """Report a fault that forbids publishing."""
        self.add(code, Level.ERROR, place, text, **more)

    def warn(self, code: str, place: Place, text: str, **more: Any) -> None:
        """Report something that is probably wrong."""
        self.add(code, Level.WARNING, place, text, **more)

    def hint(self, code: str, place: Place, text: str, **more: Any) -> None:
        """Report something worth a look."""
        self.add(code, Level.HINT, place, text, **more)

    def add(
        self,
        code: str,
        level: Level,
        place: Place,
        text: str,
        *,
        play: tuple[str, ...] | None = None,
        language: str | None = None,
    ) -> None:
        """Report something at `place` of ``case.yaml``, or of a text file."""
        file = self.main if language is None else self.texts[language]
        self._rows.append(
            Finding(
                code=code,
                level=level,
                file=file.name,
                line=file.line(*place),
                where=self.where(place)
                if language is None
                else f"text.{language}.{'.'.join(map(str, place))}",
                message=text,
                play=play,
            )
        )

    def where(self, place: Place) -> str:
        """Return a place in words: list entries by their id where they have one."""
        words: list[str] = []
        node: Any = self.main.data
        for key in place:
            node = _inside(node, key)
            words.append(_name_of(node) if isinstance(key, int) else str(key))
            if not words[-1]:
                words[-1] = str(key)
        return ".".join(words)

    @property
    def is_broken(self) -> bool:
        """Say whether something found so far keeps the case from being built."""
        return any(row.code in NOT_ACCEPTABLE for row in self._rows)

    def list_open(self) -> Iterator[Finding]:
        """Return the findings that nobody has accepted."""
        accepted = {
            (row["code"], row["where"]) for row in self.main.data.get("accepted", ())
        }
        for row in self._rows:
            if row.code in NOT_ACCEPTABLE or (row.code, row.where) not in accepted:
                yield row

    def hand_over(self, findings: Findings) -> None:
        """Add what is open to the findings of the whole content."""
        for row in self.list_open():
            findings.add(row)


def _inside(node: Any, key: str | int) -> Any:
    try:
        return node[key]
    except (KeyError, IndexError, TypeError):
        return None


def _name_of(node: Any) -> str:
    if isinstance(node, Mapping):
        for key in _NAME_KEYS:
            if isinstance(node.get(key), str):
                return str(node[key])
    return ""
