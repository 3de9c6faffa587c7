"""Competency records: one's own, and those of learners whom one may see."""

from datetime import date, datetime, time
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from lms.accounts.queries import find_person, get_own_learner
from lms.clock import utc_now
from lms.competency.detail import DetailPage, EvidenceLine, make_detail_page
from lms.competency.domain import CompetencyRecord
from lms.competency.figures import radar_key, radar_of, trajectory_of
from lms.competency.pages import RecordPage, make_record_page
from lms.competency.services import Cleared, get_record
from lms.content.queries import Library
from lms.errors import InvalidInputError, NotFoundError, message
from lms.permissions import Permission
from lms.web.access import requires
from lms.web.language import language
from lms.web.session import get_session

bp = Blueprint(
    "competency", __name__, template_folder="templates", url_prefix="/competencies"
)
_ATTEMPT = "simulation.result"


@bp.get("/")
@requires(Permission.RECORD_SEE_OWN)
def own() -> ResponseReturnValue:
    """Show the reader's own record."""
    return _render_record(_own_page(get_session(), lists_replaced=False))


@bp.get("/<slug>")
@requires(Permission.RECORD_SEE_OWN)
def own_detail(slug: str) -> ResponseReturnValue:
    """Show one competency of the reader with every row of evidence."""
    session = get_session()
    return _render_detail(session, _own_page(session), slug)


@bp.get("/of/<uuid:subject_id>")
@requires(Permission.RECORD_SEE_LEARNER)
def learner(subject_id: UUID) -> ResponseReturnValue:
    """Show the record of a learner whom the reader guides or may decide on."""
    page = _learner_page(get_session(), subject_id, lists_replaced=False)
    return _render_record(page)


@bp.get("/of/<uuid:subject_id>/<slug>")
@requires(Permission.RECORD_SEE_LEARNER)
def learner_detail(subject_id: UUID, slug: str) -> ResponseReturnValue:
    """Show one competency of such a learner."""
    session = get_session()
    return _render_detail(session, _learner_page(session, subject_id), slug)


def _own_page(session: Session, *, lists_replaced: bool = True) -> RecordPage:
    record = _record(session, current_user.subject_id, lists_replaced=lists_replaced)
    return make_record_page(record)


def _learner_page(
    session: Session, subject_id: UUID, *, lists_replaced: bool = True
) -> RecordPage:
    who = _name_for_reader(session, subject_id)
    record = _record(session, subject_id, lists_replaced=lists_replaced)
    return make_record_page(record, subject_id=subject_id, who=who)


def _name_for_reader(session: Session, subject_id: UUID) -> str:
    """Return the learner's name to their supervisor, their number to a panel.

    Raises
    ------
    NotFoundError
        The reader neither guides the learner nor decides on them.
    """
    try:
        return get_own_learner(session, current_user.id, subject_id).name
    except NotFoundError:
        if Permission.PACK_SEE not in current_user.permissions:
            raise
    is_candidate = current_app.extensions["lms_is_candidate"]
    if find_person(session, subject_id) is None or not is_candidate(
        session, subject_id
    ):
        raise NotFoundError
    return str(current_app.extensions["lms_number_of"](session, subject_id))


def _record(
    session: Session, learner_id: UUID, *, lists_replaced: bool
) -> CompetencyRecord:
    library: Library = current_app.extensions["lms_library"]
    return get_record(
        session,
        library,
        learner_id,
        current_app.extensions["lms_framework_of"](session, learner_id),
        _as_of(),
        find_cleared=partial(_find_cleared, session, learner_id),
        lists_replaced=lists_replaced,
    )


def _find_cleared(session: Session, learner_id: UUID) -> Cleared:
    """Return the flags that panels cleared; `decisions` says so, being above us."""
    found: Cleared = current_app.extensions["lms_cleared_flags"](session, learner_id)
    return found


def _as_of() -> datetime:
    """Return the moment asked for: the end of the day `?on=2026-11-24`, or now."""
    zone = ZoneInfo(current_app.config["LMS_SETTINGS"].time_zone)
    now = utc_now().astimezone(zone)
    asked = request.args.get("on", "")
    if not asked:
        return now
    try:
        end = datetime.combine(date.fromisoformat(asked), time.max, zone)
    except ValueError:
        text = message("Give the day as in 2026-11-24.")
        raise InvalidInputError(text) from None
    return min(end, now)


def _render_record(page: RecordPage) -> str:
    return render_template(
        "competency/record.html",
        page=page,
        asked_day=request.args.get("on", ""),
        radar_key=radar_key,
        radar_of=lambda group: radar_of(page.record, group, language()),
    )


def _render_detail(session: Session, page: RecordPage, slug: str) -> str:
    detail: DetailPage = make_detail_page(
        session,
        current_app.extensions["lms_library"],
        page,
        slug=slug,
        language=language(),
    )
    return render_template(
        "competency/detail.html",
        detail=detail,
        page=page,
        figure=trajectory_of(page.record, detail.line.entry),
        urls={line.number: _work_url(page, line) for line in detail.evidence},
    )


def _work_url(page: RecordPage, line: EvidenceLine) -> str | None:
    """Return where a learner finds the own attempt that a row comes from."""
    row = line.entry.row
    if page.subject_id is not None or row.work_kind != "case":
        return None
    if _ATTEMPT not in current_app.view_functions:
        return None
    return url_for(_ATTEMPT, public_id=row.work_id)
