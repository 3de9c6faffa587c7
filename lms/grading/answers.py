"""What the page of a sheet and its script are told: moments in words, and JSON."""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from lms.grading.forms import SheetForm, make_sheet_form
from lms.grading.pages import Marking
from lms.grading.queries.sheets import StoredSheet
from lms.grading.services.keeping import StaleSheetError
from lms.web.language import format_recent, language


def saved_answer(kept: StoredSheet, now: datetime) -> dict[str, Any]:
    """Return the revision of the sheet as it stands, and when it was saved."""
    saved_at = kept.saved_at or kept.claimed_at
    return {"revision": kept.revision, "saved": format_recent(saved_at, now)}


def stale_answer(
    marking: Marking, error: StaleSheetError, now: datetime
) -> dict[str, Any]:
    """Return the stored side, or where the sheet can be read once it was returned."""
    text = _(error.template)
    if marking.is_returned:
        place = url_for("grading.returned", work_id=marking.submission.work_id)
        return {"text": text, "location": place}
    if marking.sheet is None:  # it was opened by a rater who is not this one
        return {"text": text, "fields": {}, "revision": 0, "saved": ""}
    stored = make_sheet_form(marking.rubric, language(), formdata=None)
    stored.fill(error.stored, revision=marking.sheet.revision)
    fields = {
        field.name: [field.data]
        for field in stored
        if field.name.startswith(("band-", "comment")) and field.data
    }
    return {"text": text, "fields": fields, **saved_answer(marking.sheet, now)}


def invalid_answer(form: SheetForm) -> dict[str, Any]:
    """Return the first thing to put right, and at which field."""
    field = next(field for field in form if field.errors)
    text = _("%(field)s: %(fault)s", field=form.name_of(field), fault=field.errors[0])
    return {"text": text}


def claimed_until(sheet: StoredSheet | None, now: datetime) -> str | None:
    """Return when the rater's claim ends, in words, if it still stands."""
    if sheet is None or sheet.claim_expires_at <= now:
        return None
    return format_recent(sheet.claim_expires_at, now)


def recent_or_none(moment: datetime | None, now: datetime) -> str | None:
    """Return a moment in words, if there is one."""
    return None if moment is None else format_recent(moment, now)
