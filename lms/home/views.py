"""Home by role: what to do next."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.permissions import Permission
from lms.web.access import requires

bp = Blueprint("home", __name__, template_folder="templates")


@bp.get("/")
@requires(Permission.HOME_SEE)
def home() -> ResponseReturnValue:
    """Show what waits for the person in the present role."""
    return render_template("home/home.html")
