"""Modules and lessons, with the check questions of a lesson."""

from dataclasses import dataclass, field
from functools import partial
from uuid import uuid4

from flask import (
    Blueprint,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from lms.assessment.forms import ItemForm, make_item_form
from lms.assessment.services import Answer, AnsweredError, answer_item, is_recorded
from lms.clock import local_day, utc_now
from lms.content.queries import Library
from lms.content.source_view import list_sources
from lms.curriculum.queries import (
    LessonPage,
    Question,
    get_lesson_page,
    get_module_page,
    get_question,
    list_module_pages,
)
from lms.errors import NotFoundError
from lms.permissions import Permission
from lms.web.access import requires
from lms.web.language import language
from lms.web.markdown import trusted_html
from lms.web.sent import sent_lines
from lms.web.session import get_session, transaction

bp = Blueprint(
    "curriculum", __name__, template_folder="templates", url_prefix="/modules"
)


Lines = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Told:
    """Why an answer was not taken though nothing is wrong with it.

    Attributes
    ----------
    lines : list of tuple
        Label and words of what was answered, where its form is not shown again.
    """

    title: str
    text: str
    lines: Lines = field(default_factory=list)


def _library() -> Library:
    library: Library = current_app.extensions["lms_library"]
    return library


@bp.get("/")
@requires(Permission.MODULE_READ)
def modules() -> ResponseReturnValue:
    """List the modules."""
    pages = list_module_pages(get_session(), _library(), current_user.subject_id)
    return render_template("curriculum/modules.html", pages=pages)


@bp.get("/<slug>")
@requires(Permission.MODULE_READ)
def module(slug: str) -> ResponseReturnValue:
    """Show a module with its lessons and cases."""
    page = get_module_page(get_session(), _library(), current_user.subject_id, slug)
    return render_template("curriculum/module.html", page=page)


@bp.get("/<module_slug>/<slug>")
@requires(Permission.MODULE_READ)
def lesson(module_slug: str, slug: str) -> ResponseReturnValue:
    """Show a lesson with one question: `?q=ITEM`; `?again=ITEM` asks it once more."""
    names = (module_slug, slug)
    page = get_lesson_page(get_session(), _library(), current_user.subject_id, names)
    return _lesson_page(page, again=request.args.get("again"))


@bp.post("/<module_slug>/<slug>/questions/<item_slug>")
@requires(Permission.ITEM_ANSWER)
def answer(module_slug: str, slug: str, item_slug: str) -> ResponseReturnValue:
    """Take an answer to a check question, then show what it was worth."""
    now = utc_now()
    names = (module_slug, slug)
    with transaction() as session:
        page = get_lesson_page(session, _library(), current_user.subject_id, names)
        question = get_question(page, item_slug)
        form = make_item_form(question.item, language())
        shown = form.version.data or question.version.digest
        if shown != question.version.digest:
            sent = _sent_before(session, item_slug, shown)
            if sent is not None and _is_recorded(session, sent):
                return _to_question(page, item_slug)
            told = _told_of_change(sent_lines(sent) if sent else [])
            return _lesson_page(page, again=item_slug, told=told), 409
        if not form.validate():
            return _lesson_page(page, again=item_slug, failed=form), 422
        given = Answer(
            subject_id=current_user.subject_id,
            action_id=form.action,
            chosen=form.to_answer(),
            language=language(),
            now=now,
            day=local_day(now, current_app.config["LMS_SETTINGS"].time_zone),
        )
        try:
            answer_item(session, question.version, given)
        except AnsweredError as error:
            told = Told(_("You have answered from this page before"), _(error.template))
            form.action_id.data = str(uuid4())
            shown_again = _lesson_page(page, again=item_slug, failed=form, told=told)
            return shown_again, error.status
    return _to_question(page, item_slug)


def _to_question(page: LessonPage, item_slug: str) -> ResponseReturnValue:
    """Lead to a question of the lesson and what its answer was worth."""
    module_slug, _, slug = page.version.slug.partition("/")
    target = url_for(".lesson", module_slug=module_slug, slug=slug)
    return redirect(f"{target}{page.question_url(item_slug)}", 303)


def _told_of_change(lines: Lines) -> Told:
    return Told(
        _("This question was published anew after you opened it"),
        _(
            "Your answer was not recorded, since it was to the earlier version. Read "
            "the question again and answer it."
        ),
        lines,
    )


def _sent_before(session: Session, slug: str, digest: str) -> ItemForm | None:
    """Return what was sent about a version of a question that is no more."""
    try:
        version = _library().get_digest(session, "item", slug, digest)
    except NotFoundError:
        return None
    return make_item_form(version.content, language())


def _is_recorded(session: Session, sent: ItemForm) -> bool:
    """Say whether an answer had come before, of which the learner saw no result."""
    return sent.validate() and is_recorded(
        session,
        sent.item,
        subject_id=current_user.subject_id,
        action_id=sent.action,
        chosen=sent.to_answer(),
    )


def _lesson_page(
    page: LessonPage,
    *,
    again: str | None,
    failed: ItemForm | None = None,
    told: Told | None = None,
) -> str:
    """Show one question: the one asked for, else the first that is still open."""
    asked = _asked(page, again)
    following = page.next_open(asked.number) if asked else None
    text = page.lesson.text(language())
    today = local_day(utc_now(), current_app.config["LMS_SETTINGS"].time_zone)
    return render_template(
        "curriculum/lesson.html",
        page=page,
        text=text,
        html=trusted_html(text.html),
        text_language=page.lesson.language_shown(language()),
        asked=asked,
        is_open=asked is not None and bool(again or not asked.responses),
        form=failed,
        told=told,
        blank=asked and partial(_blank_form, asked),
        action_id=str(uuid4()),
        next_url=page.question_url(following.item.slug) if following else None,
        today=today,
        sources=lambda: list_sources(page.lesson.source, today),
    )


def _blank_form(asked: Question) -> ItemForm:
    return make_item_form(asked.item, language(), formdata=None)


def _asked(page: LessonPage, again: str | None) -> Question | None:
    named = page.find(again or request.args.get("q", ""))
    return named or page.next_open()
