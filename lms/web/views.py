"""Choices of the reader that belong to no capability."""

from flask import Blueprint, abort, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from wtforms import HiddenField
from wtforms.validators import AnyOf

from lms.web.access import public
from lms.web.forms import BaseForm
from lms.web.targets import own_path

bp = Blueprint("web", __name__)
THEMES = ("auto", "light", "dark")
FURIGANA = ("none", "difficult", "all")


class ThemeForm(BaseForm):
    """Light, dark, or as the device says."""

    theme = HiddenField(validators=[AnyOf(THEMES)])


@bp.post("/theme")
@public
def choose_theme() -> ResponseReturnValue:
    """Keep the theme, and show the page again that it was chosen on."""
    form = ThemeForm()
    if not form.validate():
        abort(400)
    cookie["theme"] = form.theme.data
    return redirect(_same_page(), 303)


class FuriganaForm(BaseForm):
    """Readings over no word, over difficult ones, or over all that have one."""

    furigana = HiddenField(validators=[AnyOf(FURIGANA)])


@bp.post("/furigana")
@public
def choose_furigana() -> ResponseReturnValue:
    """Keep which readings to show, and show the same page at the switch again."""
    form = FuriganaForm()
    if not form.validate():
        abort(400)
    cookie["furigana"] = form.furigana.data
    return redirect(f"{_same_page()}#furigana", 303)


def _same_page() -> str:
    """Return the page that the reader came from, if it is one of ours."""
    came_from = request.referrer or ""
    path = came_from.removeprefix(request.host_url.rstrip("/"))
    is_ours = came_from.startswith(request.host_url)
    return (own_path(path) if is_ours else None) or url_for("home.home")
