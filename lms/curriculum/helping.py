"""Lessons that help with what somebody missed elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from lms.content.queries import Library
from lms.curriculum.domain import Lesson, Module

_MOST = 4


@dataclass(frozen=True, slots=True)
class LessonLink:
    """A lesson by its title and address."""

    title: str
    url: str


def find_lessons(
    session: Session, library: Library, competencies: Collection[str], language: str
) -> list[LessonLink]:
    """Return the lessons that teach most of some competencies, those few best first."""
    if not competencies:
        return []
    wanted = set(competencies)
    lessons = {row.slug: row.content for row in library.list_current(session, "lesson")}
    found: list[tuple[int, Lesson]] = []
    for row in library.list_current(session, "module"):
        module: Module = row.content
        for slug in module.lessons:
            lesson = lessons.get(f"{module.slug}/{slug}")
            shared = len(wanted & set(lesson.competencies)) if lesson else 0
            if lesson and shared:
                found.append((-shared, lesson))
    found.sort(key=lambda pair: pair[0])
    return [
        LessonLink(
            lesson.text(language).title,
            url_for("curriculum.lesson", module_slug=lesson.module, slug=lesson.slug),
        )
        for _, lesson in found[:_MOST]
    ]
