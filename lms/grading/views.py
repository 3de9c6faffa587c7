"""The queue, the marking page, and what was returned."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from lms.clock import utc_now
from lms.content.queries import Library
from lms.errors import NotFoundError
from lms.evidence.domain import WorkKindRegistry
from lms.grading.answers import (
    claimed_until,
    invalid_answer,
    recent_or_none,
    saved_answer,
    stale_answer,
)
from lms.grading.domain import SheetDraft, differences, missing_criteria
from lms.grading.feedback import SidesLine, feedback_of, sides_of
from lms.grading.forms import MAX_COMMENT_CHARACTERS, SheetForm, make_sheet_form
from lms.grading.pages import (
    Marking,
    get_marking,
    get_marking_page,
    get_work,
    list_queue_lines,
    title_of,
)
from lms.grading.queries.queue import SheetState, get_neighbours, get_queue
from lms.grading.queries.sheets import StoredSheet
from lms.grading.services.keeping import StaleSheetError, claim_sheet, save_draft
from lms.grading.services.returning import return_sheet
from lms.permissions import Permission
from lms.web.access import requires
from lms.web.forms import require_act
from lms.web.language import language
from lms.web.scripts import is_from_script
from lms.web.session import before_writing, get_session, transaction

bp = Blueprint("grading", __name__, template_folder="templates", url_prefix="/marking")


def _library() -> Library:
    library: Library = current_app.extensions["lms_library"]
    return library


def _number(session: Session, subject_id: UUID) -> str:
    """Return what stands for the learner's name while marking is blind."""
    return str(current_app.extensions["lms_number_of"](session, subject_id))


def _numbers(session: Session, subject_ids: set[UUID]) -> Mapping[UUID, str]:
    """Return the numbers that stand for the names of a page of learners."""
    found: Mapping[UUID, str] = current_app.extensions["lms_numbers_of"](
        session, subject_ids
    )
    return found


def _time_zone() -> str:
    zone: str = current_app.config["LMS_SETTINGS"].time_zone
    return zone


@bp.get("/")
@requires(Permission.SHEET_WRITE)
def queue() -> ResponseReturnValue:
    """List work of the rater's learners by state, oldest hand-in first."""
    session = get_session()
    state = _asked_state()
    after = request.args.get("after", type=UUID)
    found = get_queue(session, current_user, state, now=utc_now(), after=after)
    lines = list_queue_lines(session, _library(), found.rows, language())
    learners = {row.submission.subject_id for row in found.rows}
    return render_template(
        "grading/queue.html",
        queue=found,
        lines=lines,
        numbers=_numbers(session, learners),
        state=state,
        after=after,
    )


@bp.post("/<uuid:work_id>/claim")
@requires(Permission.SHEET_WRITE)
def claim(work_id: UUID) -> ResponseReturnValue:
    """Take a piece of work, then show it."""
    require_act()
    with transaction() as session:
        marking = get_marking(session, _library(), current_user, work_id)
        claim_sheet(
            session,
            marking.submission,
            rater_id=current_user.subject_id,
            now=utc_now(),
        )
    return redirect(url_for(".sheet", work_id=work_id), 303)


@bp.get("/<uuid:work_id>")
@requires(Permission.SHEET_WRITE)
def sheet(work_id: UUID) -> ResponseReturnValue:
    """Show the work beside the rubric; reading claims nothing."""
    marking = get_marking(get_session(), _library(), current_user, work_id)
    if marking.is_returned:
        return redirect(url_for(".returned", work_id=work_id), 303)
    form = make_sheet_form(marking.rubric, language(), formdata=None)
    revision = marking.sheet.revision if marking.sheet else 0
    form.fill(marking.draft, revision=revision)
    return _marking_page(marking, form, is_saved=True)


@bp.post("/<uuid:work_id>")
@requires(Permission.SHEET_WRITE)
def mark(work_id: UUID) -> ResponseReturnValue:
    """Keep the sheet as typed and, if asked, give it back to the learner.

    What was typed is kept even when the sheet cannot be returned yet. All that can be
    read and checked comes before anything is locked.
    """
    now = utc_now()
    with before_writing() as session:
        marking = get_marking(session, _library(), current_user, work_id)
    form = make_sheet_form(marking.rubric, language())
    if not form.validate():
        return _invalid(marking, form), 422
    draft = form.to_draft(marking.content)
    missing = missing_criteria(marking.content, draft) if form.is_return else ()
    try:
        with transaction() as session:
            kept = _keep(
                session,
                marking,
                draft,
                revision=form.revision_number,
                returns=form.is_return and not missing,
                now=now,
            )
    except StaleSheetError as error:
        return _stale(_fresh(work_id), form, error), error.status
    if is_from_script():
        return saved_answer(kept, now)
    if missing:
        form.name_missing(missing, language())
        form.revision.data = str(kept.revision)
        return _marking_page(_fresh(work_id), form, is_saved=True), 422
    return redirect(_next_url(marking, kept, form), 303)


def _fresh(work_id: UUID) -> Marking:
    """Return the marking as it stands after a write."""
    return get_marking(get_session(), _library(), current_user, work_id)


def _invalid(marking: Marking, form: SheetForm) -> Any:
    return invalid_answer(form) if is_from_script() else _marking_page(marking, form)


def _stale(marking: Marking, form: SheetForm, error: StaleSheetError) -> Any:
    if is_from_script():
        return stale_answer(marking, error, utc_now())
    return _stale_page(marking, form, error)


@bp.get("/<uuid:work_id>/returned")
@requires(Permission.SHEET_WRITE)
def returned(work_id: UUID) -> ResponseReturnValue:
    """Show the sheet that the rater gave back."""
    marking = get_marking(get_session(), _library(), current_user, work_id)
    if not marking.is_returned:
        return redirect(url_for(".sheet", work_id=work_id), 303)
    return _returned_page(marking)


def _asked_state() -> SheetState:
    try:
        return SheetState(request.args.get("state", SheetState.WAITING))
    except ValueError:
        raise NotFoundError from None


def _keep(
    session: Session,
    marking: Marking,
    draft: SheetDraft,
    *,
    revision: int,
    returns: bool,
    now: datetime,
) -> StoredSheet:
    sheet = marking.sheet or claim_sheet(
        session, marking.submission, rater_id=current_user.subject_id, now=now
    )
    kept = save_draft(
        session, sheet, draft, rubric=marking.content, revision=revision, now=now
    )
    if not returns:
        return kept
    return return_sheet(
        session,
        kept,
        submission=marking.submission,
        rubric=marking.rubric,
        time_zone=_time_zone(),
        now=now,
    )


def _next_url(marking: Marking, kept: StoredSheet, form: SheetForm) -> str:
    """Lead to the result, or to the first criterion that is still open."""
    work_id = marking.submission.work_id
    open_criteria = form.open_criteria(marking.content)
    if kept.returned_at is not None:
        return url_for(".returned", work_id=work_id)
    first = next(iter(open_criteria), None)
    place = f"{form.band_field(first).id}-0" if first else None
    return url_for(".sheet", work_id=work_id, _anchor=place)


def _marking_page(
    marking: Marking,
    form: SheetForm,
    conflict: StaleSheetError | None = None,
    *,
    is_saved: bool = False,
) -> str:
    """Show the work beside the sheet; `is_saved` if the form says what is stored."""
    session, now = get_session(), utc_now()
    kinds: WorkKindRegistry = current_app.extensions["lms_work_kinds"]
    work = get_work(session, kinds, marking.submission)
    page = get_marking_page(
        session,
        _library(),
        marking,
        rater=current_user,
        work=work,
        number=_number(session, marking.submission.subject_id),
        language=language(),
        now=now,
    )
    return render_template(
        "grading/sheet.html",
        page=page,
        work=work,
        form=form,
        comment_limit=MAX_COMMENT_CHARACTERS,
        open_criteria=form.open_criteria(marking.content),
        saved=recent_or_none(marking.sheet.saved_at if marking.sheet else None, now),
        claimed=claimed_until(marking.sheet, now),
        other=recent_or_none(page.other_until, now),
        is_saved=is_saved,
        conflict=conflict,
        sides=_sides(marking, conflict),
    )


def _stale_page(marking: Marking, form: SheetForm, error: StaleSheetError) -> str:
    """Show both sides; the form keeps what was typed, ready to be saved knowingly."""
    if marking.is_returned:
        return _returned_page(marking, error)
    form.revision.data = str(marking.sheet.revision if marking.sheet else 0)
    return _marking_page(marking, form, error)


def _returned_page(marking: Marking, conflict: StaleSheetError | None = None) -> str:
    session = get_session()
    submission = marking.submission
    version = _library().get(session, submission.content_version_id)
    return render_template(
        "grading/returned.html",
        marking=marking,
        title=title_of(version, language()),
        version=version,
        number=_number(session, submission.subject_id),
        feedback=feedback_of(marking.content, marking.draft, language()),
        next_work=get_neighbours(session, current_user, submission).any,
        conflict=conflict,
        sides=_sides(marking, conflict),
    )


def _sides(marking: Marking, conflict: StaleSheetError | None) -> list[SidesLine]:
    if conflict is None:
        return []
    parted = differences(marking.content, conflict.stored, conflict.typed)
    return sides_of(marking.content, parted, language())
