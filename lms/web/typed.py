"""What a form carried, for pages that give it back: nothing typed is lost.

Only a page of our own gets its words back, so that no other site can put words into
a form here; and a form with a secret in it (a password, a code) is never repeated.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import current_app, g, make_response, request
from flask.wrappers import Response
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from lms.errors import LmsError
from lms.unseen import without_controls
from lms.web.access import PUBLIC, declared_access, guard
from lms.web.forms import REFILL, Refill
from lms.web.scripts import is_from_script

Fields = dict[str, list[str]]
View = TypeVar("View", bound=Callable[..., Any])
_SECRET = re.compile(r"password|passphrase|secret|code|token", re.IGNORECASE)
_FORGERY_FIELD = "csrf_token"
_WORDS = re.compile(r"\s|[^\x00-\x7f]")


def keeps_nothing(view: View) -> View:
    """Declare that what a view's form carries is kept nowhere, not even for a day."""
    cast("Any", view).keeps_nothing = True
    return view


def only_answers(view: View) -> View:
    """Declare that a view's form asks something and changes nothing."""
    cast("Any", view).only_answers = True
    return view


def typed_fields() -> Fields:
    """Return what the request's form carries, if it may be shown or kept."""
    if _declares("keeps_nothing"):
        return {}
    fields = _sent_fields()
    return {} if any(map(_SECRET.search, fields)) else fields


def fields_to_repeat() -> Fields:
    """Return what brings the page that answers this form once more, and does nothing.

    Secrets are left out, and no page can choose a file; the field `REFILL` says so.
    """
    sent = _sent_fields()
    fields = {name: texts for name, texts in sent.items() if not _SECRET.search(name)}
    fields.pop(REFILL, None)
    if not _declares("only_answers"):
        fields[REFILL] = [_left_out(sent, fields)]
    return fields


def _left_out(sent: Fields, kept: Fields) -> str:
    if sent.keys() - kept.keys() - {REFILL} or Refill.SECRETS in sent.get(REFILL, []):
        return Refill.SECRETS
    if _has_files() or Refill.FILES in sent.get(REFILL, []):
        return Refill.FILES
    return Refill.NOTHING


def _has_files() -> bool:
    try:
        return bool(request.files)
    except HTTPException:
        return True


def _sent_fields() -> Fields:
    """Return the fields that a page of our own sent, without its token.

    One of several forms on a page has a prefix before the name of its token too.
    """
    if request.method != "POST" or not is_from_own_page():
        return {}
    try:
        fields = dict(request.form.lists())
    except HTTPException:  # too large to be read at all
        return {}
    return {
        without_controls(name): [without_controls(text) for text in texts]
        for name, texts in fields.items()
        if not name.endswith(_FORGERY_FIELD)
    }


def sent_token() -> str:
    """Return the token of the form that was sent, as its page had it."""
    try:
        sent = list(request.form.items())
    except HTTPException:  # too large to be read at all
        return ""
    found = (value for name, value in sent if name.endswith(_FORGERY_FIELD))
    return next(found, "")


def _declares(mark: str) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, mark, False))


def words_in(fields: Fields) -> list[str]:
    """Return the values that somebody wrote, without ids, numbers and choices."""
    return [
        value for values in fields.values() for value in values if _WORDS.search(value)
    ]


def show_again(reason: str) -> Response | None:
    """Return the page of a form that cannot be taken, filled in as it was sent.

    The view is run with every form refused and nothing committed (see `BaseForm` and
    `transaction`): it answers as it answers any invalid form. None where it does not,
    or where the reader may not see that page.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or is_from_script() or not typed_fields():
        return None
    if declared_access(view) != PUBLIC and not current_user.is_authenticated:
        return None  # nobody is led to sign-in by a form that may be another site's
    try:
        if guard() is not None:
            return None
        g.refill = reason
        answer = make_response(view(**(request.view_args or {})))
    except (LmsError, HTTPException):
        return None
    return answer if answer.status_code == 422 else None


def is_from_own_page() -> bool:
    """Say whether the browser names a page of ours as the sender."""
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    try:
        return urlsplit(request.headers.get("Origin", "")).netloc == request.host
    except ValueError:  # no browser sends that
        return False
