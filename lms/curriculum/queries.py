"""What the pages of a module and a lesson show."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from lms.assessment.domain import Item
from lms.assessment.queries import GivenAnswer, answered_items, read_answers
from lms.content.queries import Current, Library, Published
from lms.curriculum.domain import Lesson, Module
from lms.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson in the list of its module; done when each item was answered once."""

    lesson: Lesson
    answered: int

    @property
    def total(self) -> int:
        """Return the number of check questions."""
        return len(self.lesson.items)

    @property
    def state(self) -> str:
        """Return ``done``, ``started`` or ``open``."""
        if self.answered >= self.total:
            return "done"
        return "started" if self.answered else "open"


@dataclass(frozen=True, slots=True)
class ModulePage:
    """A module with its lessons and how far the learner has come."""

    module: Module
    lessons: tuple[LessonLine, ...]
    cases: tuple[Published, ...]

    @property
    def done(self) -> int:
        """Return the number of finished lessons."""
        return sum(line.state == "done" for line in self.lessons)

    @property
    def next_lesson(self) -> Lesson | None:
        """Return the first lesson that is not finished."""
        return next((x.lesson for x in self.lessons if x.state != "done"), None)


@dataclass(frozen=True, slots=True)
class Question:
    """A check question on a lesson's page."""

    number: int
    version: Published
    responses: Sequence[GivenAnswer]

    @property
    def item(self) -> Item:
        """Return the item."""
        found: Item = self.version.content
        return found

    @property
    def last(self) -> GivenAnswer | None:
        """Return the newest answer."""
        return self.responses[-1] if self.responses else None

    @property
    def state(self) -> str:
        """Return ``open``, or what the newest answer was: right, partly, wrong."""
        last = self.last
        if last is None:
            return "open"
        if last.score == last.maximum:
            return "right"
        return "partly" if last.score else "wrong"


@dataclass(frozen=True, slots=True)
class LessonPage:
    """A lesson with its questions, beside its neighbours."""

    module: Module
    version: Published
    lessons: tuple[LessonLine, ...]
    questions: tuple[Question, ...]

    @property
    def lesson(self) -> Lesson:
        """Return the lesson."""
        found: Lesson = self.version.content
        return found

    def question_url(self, slug: str) -> str:
        """Return where one question is shown, from this page."""
        return f"?q={slug}#{slug}"

    def again_url(self, slug: str) -> str:
        """Return where a question is asked once more, from this page."""
        return f"?again={slug}#{slug}"

    def pips(self, asked: Question | None) -> list[tuple[int, str, str, bool]]:
        """Return number, way, state of each question, and whether it is shown now."""
        return [
            (row.number, self.question_url(row.item.slug), row.state, row is asked)
            for row in self.questions
        ]

    def next_open(self, after: int = 0) -> Question | None:
        """Return the next question without an answer, round from a number."""
        waiting = [row for row in self.questions if not row.responses]
        later = [row for row in waiting if row.number > after]
        return next(iter(later or waiting), None)

    def find(self, slug: str) -> Question | None:
        """Return one question, if the lesson asks it."""
        return next((row for row in self.questions if row.item.slug == slug), None)

    @property
    def answered(self) -> int:
        """Return how many questions have an answer."""
        return sum(bool(question.responses) for question in self.questions)

    @property
    def position(self) -> int:
        """Return the lesson's place in its module, from 0."""
        return [line.lesson.slug for line in self.lessons].index(self.lesson.slug)

    @property
    def way(self) -> tuple[object, ...]:
        """Return what the row of lessons beside the text follows from."""
        lines = [(x.lesson.slug, x.lesson.version, x.state) for x in self.lessons]
        return (self.module.slug, self.module.version, self.lesson.slug, *lines)

    @property
    def next_lesson(self) -> Lesson | None:
        """Return the lesson after this one."""
        following = self.lessons[self.position + 1 :]
        return following[0].lesson if following else None


def list_module_pages(
    session: Session, library: Library, subject_id: UUID
) -> list[ModulePage]:
    """Return all modules with progress, in a fixed number of queries."""
    current = library.current(session)
    modules = [row.content for row in current.list("module")]
    return _pages(current, modules, answered_items(session, subject_id))


def get_module_page(
    session: Session, library: Library, subject_id: UUID, slug: str
) -> ModulePage:
    """Return one module with progress.

    Raises
    ------
    NotFoundError
        It is not published.
    """
    current = library.current(session)
    return _page(current, slug, answered_items(session, subject_id))


def get_lesson_page(
    session: Session, library: Library, subject_id: UUID, names: tuple[str, str]
) -> LessonPage:
    """Return one lesson of a module by their slugs.

    Raises
    ------
    NotFoundError
        It is not published, or the module does not list it.
    """
    module_slug, slug = names
    current = library.current(session)
    version = current.get("lesson", f"{module_slug}/{slug}")
    items = {row.slug: row for row in current.list("item", version.content.items)}
    asked = [name for name in version.content.items if name in items]
    answers = read_answers(session, subject_id, asked)
    page = _page(current, module_slug, answers.answered)
    if slug not in page.module.lessons:
        raise NotFoundError
    return LessonPage(
        module=page.module,
        version=version,
        lessons=page.lessons,
        questions=tuple(
            Question(number, items[name], answers.given[name])
            for number, name in enumerate(asked, 1)
        ),
    )


def get_question(page: LessonPage, item_slug: str) -> Question:
    """Return one question of a lesson.

    Raises
    ------
    NotFoundError
        The lesson does not ask it.
    """
    found = page.find(item_slug)
    if found is None:
        raise NotFoundError
    return found


def _page(current: Current, slug: str, answered: frozenset[str]) -> ModulePage:
    module = current.get("module", slug).content
    return _pages(current, [module], answered)[0]


def _pages(
    current: Current, modules: list[Module], answered: frozenset[str]
) -> list[ModulePage]:
    names = [f"{module.slug}/{slug}" for module in modules for slug in module.lessons]
    lessons = {row.slug: row.content for row in current.list("lesson", names)}
    slugs = {slug for module in modules for slug in module.cases}
    cases = {row.slug: row for row in current.list("case", slugs)}
    return [
        ModulePage(
            module=module,
            lessons=tuple(
                LessonLine(lesson, sum(item in answered for item in lesson.items))
                for slug in module.lessons
                if (lesson := lessons.get(f"{module.slug}/{slug}")) is not None
            ),
            cases=tuple(cases[slug] for slug in module.cases if slug in cases),
        )
        for module in modules
    ]
