"""The pages of auditors: the trail, and the same as a file."""

import csv
import io
import json
from collections.abc import Iterator
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    render_template,
    request,
    stream_with_context,
)
from flask.typing import ResponseReturnValue

from lms.audit.domain import ACTIONS, INPUTS, OBJECT_KINDS
from lms.audit.forms import TrailForm
from lms.audit.models import AuditEvent
from lms.audit.queries.trail import (
    TrailFilter,
    get_trail_page,
    iterate_trail,
)
from lms.errors import NotFoundError
from lms.permissions import Permission
from lms.settings import Settings
from lms.spreadsheet import inert_cell
from lms.web.access import requires
from lms.web.session import get_session

bp = Blueprint("audit", __name__, template_folder="templates", url_prefix="/audit")
_COLUMNS = (
    "at",
    "action",
    "object_kind",
    "object_id",
    "actor_id",
    "inputs",
    "batch",
    "id",
)


@bp.get("/")
@requires(Permission.AUDIT_READ)
def trail() -> ResponseReturnValue:
    """Show the trail, newest first."""
    form = TrailForm(request.args)
    is_valid = form.validate()
    wanted = form.to_filter(_settings().time_zone) if is_valid else TrailFilter()
    page = get_trail_page(
        get_session(),
        wanted,
        current_app.extensions["lms_names_of"],
        after=_cursor(request.args.get("after")),
    )
    kept = {name: text for name, text in form.data.items() if text}
    if form.day.data:
        kept["day"] = form.day.data.isoformat() if is_valid else ""
    answer = render_template(
        "audit/trail.html",
        page=page,
        form=form,
        kept=kept,
        actions=ACTIONS,
        kinds=OBJECT_KINDS,
        inputs=INPUTS,
        role_names=current_app.extensions["lms_role_names"],
    )
    return answer, 200 if is_valid else 422


@bp.get("/trail.csv")
@requires(Permission.AUDIT_READ)
def download() -> ResponseReturnValue:
    """Stream the rows of the filter as CSV, without names."""
    form = TrailForm(request.args)
    if not form.validate():
        raise NotFoundError
    wanted = form.to_filter(_settings().time_zone)
    answer = Response(
        stream_with_context(_lines(wanted)), content_type="text/csv; charset=utf-8"
    )
    answer.headers.set("Content-Disposition", "attachment", filename="audit-trail.csv")
    return answer


def _lines(wanted: TrailFilter) -> Iterator[str]:
    """Write line by line; a byte order mark lets Excel read Japanese."""
    yield "\ufeff" + _line(_COLUMNS)
    for event, batch in iterate_trail(get_session(), wanted):
        yield _line(_cells(event, batch))


def _cells(event: AuditEvent, batch: int | None) -> tuple[str, ...]:
    return (
        event.at.isoformat(),
        event.action,
        event.object_kind,
        event.object_id,
        str(event.actor_id or ""),
        json.dumps(event.inputs, ensure_ascii=False, sort_keys=True),
        str(batch or ""),
        str(event.public_id),
    )


def _line(cells: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([inert_cell(cell) for cell in cells])
    return text.getvalue()


def _settings() -> Settings:
    settings: Settings = current_app.config["LMS_SETTINGS"]
    return settings


def _cursor(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFoundError from error
