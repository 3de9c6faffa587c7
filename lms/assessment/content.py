"""Reading and checking item banks; each item is a version of its own."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from lms.assessment.faults import item_faults
from lms.assessment.shapes import ItemShape
from lms.content.domain import Findings, Level
from lms.content.kinds import ContentIndex, Draft
from lms.content.source import (
    Identifier,
    SourceFile,
    StrictModel,
    has_format,
    parse_model,
    read_yaml,
)

_FOLDER = "assessments/banks"


class BankFile(StrictModel):
    """`assessments/banks/<competency>/<file>.yaml`."""

    format: Literal["items/1"]
    competency: Identifier
    items: Annotated[list[ItemShape], Field(min_length=1)]


class ItemKind:
    """Items of the banks."""

    name = "item"

    def find(self, root: Path) -> Iterable[Path]:
        """Return the bank files."""
        return (root / _FOLDER).glob("*/*.yaml")

    def recognise(self, path: Path) -> Path | None:
        """Return `path` if it says that it is a bank."""
        return path if has_format(path, "items/1") else None

    def read(self, path: Path, root: Path, findings: Findings) -> list[Draft]:
        """Read one bank: a draft per item."""
        source = read_yaml(path, root, findings)
        parsed = source and parse_model(BankFile, source, findings)
        if not source or not parsed:
            return []
        if parsed.competency != path.parent.name:
            text = f"the folder is '{path.parent.name}'; name the same competency here"
            findings.add(source.finding("S1", Level.ERROR, ("competency",), text))
        return [
            Draft(
                kind=self.name,
                slug=item.id,
                label=str(item.version),
                document={
                    **item.model_dump(mode="json", exclude_none=True),
                    "competency": parsed.competency,
                },
                files=(_within(source, ("items", number)),),
            )
            for number, item in enumerate(parsed.items)
        ]

    def check(self, draft: Draft, index: ContentIndex, findings: Findings) -> None:
        """Check the parts, and that the competency is one of a framework."""
        for place, text in item_faults(draft.document):
            findings.add(draft.main.finding("S1", Level.ERROR, place, text))
        frameworks = index.list_kind("framework")
        known = {
            row["id"]
            for framework in frameworks
            for ability in framework.document["abilities"]
            for row in ability["competencies"]
        }
        competency = draft.document["competency"]
        if frameworks and competency not in known:
            text = f"'{competency}' is no competency; move the file to one that is"
            findings.add(draft.main.finding("E9", Level.ERROR, ("id",), text))


def _within(source: SourceFile, place: tuple[str | int, ...]) -> SourceFile:
    """Return the same file with places counted from one entry of it."""
    depth = len(place)
    lines = {
        key[depth:]: line for key, line in source.lines.items() if key[:depth] == place
    }
    return replace(source, lines=lines)
