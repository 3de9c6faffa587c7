"""Reading and checking frameworks and rubrics."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from lms.content.domain import Findings, Level
from lms.content.kinds import ContentIndex, Draft, Reference
from lms.content.source import (
    BilingualText,
    Day,
    Identifier,
    NonEmpty,
    Sourced,
    StrictModel,
    has_format,
    parse_model,
    read_yaml,
)

_FOLDER = "rubrics"
_FRAMEWORKS = "frameworks"
Number = Annotated[float, Field(strict=False)]
_KIND = Literal["knowledge", "simulation", "practice", "supervision"]


class _Owned(StrictModel):
    status: Literal["provisional", "set"]
    owner: BilingualText
    note: BilingualText
    as_of: Day
    review_by: Day


class _Level(StrictModel):
    level: Annotated[int, Field(ge=0)]
    name: BilingualText
    needs: _KIND | None
    description: BilingualText


class _Prior(StrictModel):
    mean: Number
    sd: Annotated[float, Field(gt=0, strict=False)]


class _Scale(_Owned):
    cuts: Annotated[list[Number], Field(min_length=1)]
    prior: _Prior


class _Required(_Owned):
    level: Annotated[int, Field(ge=0)]


class _Descriptor(StrictModel):
    level: int
    descriptor: BilingualText


class _Competency(StrictModel):
    id: Identifier
    name: BilingualText
    short: BilingualText
    required: _Required
    levels: list[_Descriptor]
    later: BilingualText | None = None


class _Ability(StrictModel):
    id: Identifier
    name: BilingualText
    competencies: Annotated[list[_Competency], Field(min_length=1)]


class FrameworkFile(Sourced):
    """`rubrics/frameworks/<id>.yaml`."""

    format: Literal["framework/1"]
    id: Identifier
    version: NonEmpty
    edition: NonEmpty
    title: BilingualText
    confidence: Annotated[float, Field(gt=0.5, lt=1)]
    levels: Annotated[list[_Level], Field(min_length=2)]
    scale: _Scale
    abilities: Annotated[list[_Ability], Field(min_length=1)]


class _FrameworkName(StrictModel):
    id: Identifier
    version: NonEmpty


class _Band(StrictModel):
    band: Annotated[int, Field(ge=0)]
    name: BilingualText


class _Anchor(StrictModel):
    band: int
    text: BilingualText


class _Criterion(StrictModel):
    id: Identifier
    name: BilingualText
    description: BilingualText
    measures: Identifier
    kind: _KIND
    band_steps: list[Number]
    seen_steps: Annotated[list[Number], Field(min_length=2, max_length=2)]
    critical_in_band: int | None = None
    anchors: list[_Anchor]
    boundary: BilingualText | None = None


class RubricFile(Sourced):
    """`rubrics/<id>.yaml`."""

    format: Literal["rubric/1"]
    id: Identifier
    version: Annotated[int, Field(ge=1)]
    title: BilingualText
    framework: _FrameworkName
    bands: Annotated[list[_Band], Field(min_length=2)]
    criteria: Annotated[list[_Criterion], Field(min_length=1)]


class FrameworkKind:
    """Frameworks: what evidence and decisions are expressed in."""

    name = "framework"

    def find(self, root: Path) -> Iterable[Path]:
        """Return the framework files."""
        return (root / _FOLDER / _FRAMEWORKS).glob("*.yaml")

    def recognise(self, path: Path) -> Path | None:
        """Return `path` if it says that it is one."""
        return path if has_format(path, "framework/1") else None

    def read(self, path: Path, root: Path, findings: Findings) -> list[Draft]:
        """Read one file."""
        source = read_yaml(path, root, findings)
        parsed = source and parse_model(FrameworkFile, source, findings)
        if not source or not parsed:
            return []
        return [
            Draft(
                kind=self.name,
                slug=parsed.id,
                label=parsed.version,
                document=parsed.model_dump(mode="json"),
                files=(source,),
            )
        ]

    def check(self, draft: Draft, _index: ContentIndex, findings: Findings) -> None:
        """Check that levels, cuts and descriptors fit each other."""
        document, source = draft.document, draft.main
        levels = [row["level"] for row in document["levels"]]
        if levels != list(range(len(levels))):
            text = f"levels are {levels}; list them from 0 without a gap"
            findings.add(source.finding("S1", Level.ERROR, ("levels",), text))
        cuts = document["scale"]["cuts"]
        if len(cuts) != len(levels) - 1 or cuts != sorted(set(cuts)):
            text = f"{len(levels) - 1} rising cuts are needed, one per level above 0"
            findings.add(source.finding("S1", Level.ERROR, ("scale", "cuts"), text))
        for a, ability in enumerate(document["abilities"]):
            for c, row in enumerate(ability["competencies"]):
                place = ("abilities", a, "competencies", c)
                self._check_competency(draft, row, place, levels, findings)

    def _check_competency(
        self,
        draft: Draft,
        row: Mapping[str, Any],
        place: tuple[str | int, ...],
        levels: list[int],
        findings: Findings,
    ) -> None:
        described = [entry["level"] for entry in row["levels"]]
        if described != levels:
            text = (
                f"'{row['id']}' describes levels {described}; describe each of {levels}"
            )
            findings.add(
                draft.main.finding("S1", Level.ERROR, (*place, "levels"), text)
            )
        if row["required"]["level"] not in levels:
            text = f"'{row['id']}' requires a level that is not among {levels}"
            where = (*place, "required", "level")
            findings.add(draft.main.finding("S1", Level.ERROR, where, text))


class RubricKind:
    """Rubrics: what raters judge by."""

    name = "rubric"

    def find(self, root: Path) -> Iterable[Path]:
        """Return the rubric files."""
        return (root / _FOLDER).glob("*.yaml")

    def recognise(self, path: Path) -> Path | None:
        """Return `path` if it says that it is one."""
        return path if has_format(path, "rubric/1") else None

    def read(self, path: Path, root: Path, findings: Findings) -> list[Draft]:
        """Read one file."""
        source = read_yaml(path, root, findings)
        parsed = source and parse_model(RubricFile, source, findings)
        if not source or not parsed:
            return []
        return [
            Draft(
                kind=self.name,
                slug=parsed.id,
                label=str(parsed.version),
                document=parsed.model_dump(mode="json", exclude_none=True),
                files=(source,),
                references=(Reference("framework", parsed.framework.id),),
            )
        ]

    def check(self, draft: Draft, index: ContentIndex, findings: Findings) -> None:
        """Check bands, anchors, steps, and what each criterion measures."""
        document, source = draft.document, draft.main
        bands = [row["band"] for row in document["bands"]]
        if bands != list(range(len(bands))):
            text = f"bands are {bands}; list them from 0 without a gap"
            findings.add(source.finding("S1", Level.ERROR, ("bands",), text))
        measured = self._measured(draft, index, findings)
        for number, row in enumerate(document["criteria"]):
            place = ("criteria", number)
            for key, text in _criterion_faults(row, bands, measured):
                findings.add(source.finding("S1", Level.ERROR, (*place, key), text))

    def _measured(
        self, draft: Draft, index: ContentIndex, findings: Findings
    ) -> set[str] | None:
        """Return the competencies that may be measured; nothing if not known."""
        named = draft.document["framework"]
        framework = index.find("framework", named["id"])
        if framework is None or framework.label != named["version"]:
            known = framework.label if framework else "none"
            text = (
                f"framework '{named['id']}' {named['version']} is not there "
                f"(found: {known}); correct the id or the version"
            )
            findings.add(draft.main.finding("S1", Level.ERROR, ("framework",), text))
            return None
        return {
            row["id"]
            for ability in framework.document["abilities"]
            for row in ability["competencies"]
        }


def _criterion_faults(
    row: Mapping[str, Any], bands: list[int], measured: set[str] | None
) -> Iterable[tuple[str, str]]:
    name = row["id"]
    if measured is not None and row["measures"] not in measured:
        known = ", ".join(sorted(measured))
        yield "measures", f"'{row['measures']}' is no competency; use one of: {known}"
    anchored = [entry["band"] for entry in row["anchors"]]
    if anchored != bands:
        yield (
            "anchors",
            f"'{name}' has anchors for {anchored}; give one for each of {bands}",
        )
    if len(row["band_steps"]) != len(bands) - 1:
        yield (
            "band_steps",
            f"'{name}' needs {len(bands) - 1} steps for {len(bands)} bands",
        )
    critical = row.get("critical_in_band")
    if critical is not None and critical not in bands:
        yield "critical_in_band", f"{critical} is no band; use one of {bands}"
