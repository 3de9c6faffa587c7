"""A module is a row of lessons; a lesson is a text in each language and its items."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.content.domain import Bilingual, SourceNote


@dataclass(frozen=True, slots=True)
class LessonText:
    """A lesson in one language; `html` was sanitised at publishing."""

    title: str
    belief: str
    html: str
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson with the items that it asks at its end, in order."""

    slug: str
    module: str
    version: int
    minutes: int
    competencies: tuple[str, ...]
    items: tuple[str, ...]
    texts: Mapping[str, LessonText]
    source: SourceNote
    is_verified: bool

    def text(self, language: str) -> LessonText:
        """Return the text for a reader.

        A translation that is older than its source gives way to the source, since a
        lesson on law must not say what was true once.
        """
        found = self.texts.get(language)
        return self.texts["ja"] if found is None or found.is_stale else found

    def language_shown(self, language: str) -> str:
        """Return the language of what `text` gives."""
        return language if self.text(language) is self.texts.get(language) else "ja"

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Lesson":
        """Rebuild a lesson from its published document and its rendering."""
        return cls(
            slug=document["id"],
            module=document["module"],
            version=document["version"],
            minutes=document["minutes"],
            competencies=tuple(document["competencies"]),
            items=tuple(document["items"]),
            texts={
                language: LessonText(
                    title=text["title"],
                    belief=text["belief"],
                    html=document["rendered"][language],
                    is_stale=text["stale"],
                )
                for language, text in document["texts"].items()
            },
            source=SourceNote.from_json(document),
            is_verified=not document["unverified"],
        )


@dataclass(frozen=True, slots=True)
class Module:
    """Lessons and cases that belong together."""

    slug: str
    version: int
    title: Bilingual
    summary: Bilingual
    competencies: tuple[str, ...]
    lessons: tuple[str, ...]
    cases: tuple[str, ...]

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Module":
        """Rebuild a module from its published document."""
        return cls(
            slug=document["id"],
            version=document["version"],
            title=Bilingual.from_json(document["title"]),
            summary=Bilingual.from_json(document["summary"]),
            competencies=tuple(document["competencies"]),
            lessons=tuple(document["lessons"]),
            cases=tuple(document["cases"]),
        )
