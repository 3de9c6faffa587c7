"""Reading and checking modules and lessons."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from lms.content.domain import Finding, Findings, Level, text_hash
from lms.content.kinds import ContentIndex, Draft
from lms.content.source import (
    BilingualText,
    Identifier,
    NonEmpty,
    Sourced,
    SourceFile,
    StrictModel,
    has_format,
    parse_model,
    read_markdown,
    read_yaml,
)
from lms.curriculum.readings import ReadingFault, reading_faults
from lms.web.markdown import render_markdown

_FOLDER = "curricula"
_RESERVED = frozenset({"programmes", "directory"})
_LESSON_FILE = re.compile(r"^\d{2}-(?P<slug>[a-z0-9-]+)\.ja\.md$")


class ModuleFile(StrictModel):
    """`curricula/<module>/module.yaml`."""

    format: Literal["module/1"]
    id: Identifier
    version: Annotated[int, Field(ge=1)]
    title: BilingualText
    summary: BilingualText
    competencies: Annotated[list[Identifier], Field(min_length=1)]
    lessons: Annotated[list[Identifier], Field(min_length=1)]
    cases: list[Identifier] = Field(default_factory=list)


class LessonHead(Sourced):
    """Front matter of `NN-<id>.ja.md`."""

    format: Literal["lesson/1"]
    id: Identifier
    version: Annotated[int, Field(ge=1)]
    title: NonEmpty
    belief: NonEmpty
    minutes: Annotated[int, Field(ge=1, le=240)]
    competencies: Annotated[list[Identifier], Field(min_length=1)]
    items: list[Identifier] = Field(default_factory=list)


class TranslationHead(StrictModel):
    """Front matter of `NN-<id>.<language>.md`."""

    of: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    title: NonEmpty
    belief: NonEmpty


class ModuleKind:
    """Modules: which lessons and cases belong together."""

    name = "module"

    def find(self, root: Path) -> Iterable[Path]:
        """Return the module files."""
        return (
            path
            for path in (root / _FOLDER).glob("*/module.yaml")
            if path.parent.name not in _RESERVED
        )

    def recognise(self, path: Path) -> Path | None:
        """Return `path` if it says that it is a module."""
        return path if has_format(path, "module/1") else None

    def read(self, path: Path, root: Path, findings: Findings) -> list[Draft]:
        """Read one module file."""
        source = read_yaml(path, root, findings)
        parsed = source and parse_model(ModuleFile, source, findings)
        if not source or not parsed:
            return []
        if parsed.id != path.parent.name:
            text = f"the folder is '{path.parent.name}'; give the module the same id"
            findings.add(source.finding("S1", Level.ERROR, ("id",), text))
        return [
            Draft(
                kind=self.name,
                slug=parsed.id,
                label=str(parsed.version),
                document=parsed.model_dump(mode="json"),
                files=(source,),
            )
        ]

    def check(self, draft: Draft, index: ContentIndex, findings: Findings) -> None:
        """Check that every lesson and case that is named is there."""
        for key, kind in (("lessons", "lesson"), ("cases", "case")):
            for number, slug in enumerate(draft.document[key]):
                name = f"{draft.slug}/{slug}" if kind == "lesson" else slug
                if index.find(kind, name) is None:
                    text = f"{kind} '{slug}' is not there; add it or take it out"
                    place = (key, number)
                    findings.add(draft.main.finding("S1", Level.ERROR, place, text))


class LessonKind:
    """Lessons: Markdown in each language, rendered once at publishing."""

    name = "lesson"

    def find(self, root: Path) -> Iterable[Path]:
        """Return the Japanese file of each lesson."""
        return (root / _FOLDER).glob("*/*.ja.md")

    def recognise(self, path: Path) -> Path | None:
        """Return the Japanese file of the lesson that `path` is a text of."""
        if path.suffix != ".md":
            return None
        return path.with_name(re.sub(r"\.[a-z]{2}\.md$", ".ja.md", path.name))

    def read(self, path: Path, root: Path, findings: Findings) -> list[Draft]:
        """Read a lesson in all its languages."""
        source = read_markdown(path, root, findings)
        head = source and parse_model(LessonHead, source, findings)
        if not source or not head:
            return []
        named = _LESSON_FILE.match(path.name)
        if named is None or named["slug"] != head.id:
            text = f"the file is '{path.name}'; call it NN-{head.id}.ja.md"
            findings.add(source.finding("S1", Level.ERROR, ("id",), text))
        english = path.with_name(path.name.replace(".ja.md", ".en.md"))
        translation = self._read_translation(english, root, source, findings)
        if translation is None:
            return []
        texts = {"ja": _text(head.title, head.belief, source.body, stale=False)}
        texts["en"], file = translation
        module = path.parent.name
        document = head.model_dump(mode="json", exclude={"title", "belief"})
        return [
            Draft(
                kind=self.name,
                slug=f"{module}/{head.id}",
                label=str(head.version),
                document={**document, "module": module, "texts": texts},
                files=(source, file),
            )
        ]

    def _read_translation(
        self, path: Path, root: Path, source: SourceFile, findings: Findings
    ) -> tuple[dict[str, Any], SourceFile] | None:
        if not path.exists():
            text = f"the English text is missing; add {path.name}"
            findings.add(source.finding("T1", Level.ERROR, (), text))
            return None
        file = read_markdown(path, root, findings)
        head = file and parse_model(TranslationHead, file, findings)
        if not file or not head:
            return None
        now = text_hash(source.body)
        if head.of != now:
            text = (
                f"the Japanese text changed since this translation ({head.of}); bring "
                f"it up to date and write `of: {now}`"
            )
            findings.add(file.finding("T1", Level.WARNING, ("of",), text))
        return _text(head.title, head.belief, file.body, stale=head.of != now), file

    def check(self, draft: Draft, index: ContentIndex, findings: Findings) -> None:
        """Check that every item asked is there, and that readings can be read."""
        for file in draft.files:
            for fault in reading_faults(file.body):
                findings.add(_in_body(file, fault))
        for number, slug in enumerate(draft.document["items"]):
            if index.find("item", slug) is None:
                text = f"item '{slug}' is in no bank; add it or take it out"
                place = ("items", number)
                findings.add(draft.main.finding("S1", Level.ERROR, place, text))

    def render(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the HTML of each language, kept beside the document."""
        return {
            language: render_markdown(text["body"])
            for language, text in document["texts"].items()
        }


def _in_body(file: SourceFile, fault: ReadingFault) -> Finding:
    return Finding(
        code=fault.code,
        level=fault.level,
        file=file.name,
        line=file.body_line + fault.line - 1,
        where="",
        message=fault.message,
    )


def _text(title: str, belief: str, body: str, *, stale: bool) -> dict[str, Any]:
    return {"title": title, "belief": belief, "body": body, "stale": stale}
