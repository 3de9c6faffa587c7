"""The map of a case as one file that any browser opens: drawing and table."""

from pathlib import Path

from flask import Flask, render_template
from jinja2 import ChoiceLoader, FileSystemLoader

from lms.simulation.domain import Case
from lms.simulation.map import draw_case
from lms.simulation.pages import Reader
from lms.web.assets import STATIC
from lms.web.language import init_language
from lms.web.templating import init_templating

_HERE = Path(__file__).parent.parent / "templates"
_SHEETS = ("tokens.css", "site.css", "parts.css", "figure.css")


def map_page(case: Case, language: str) -> str:
    """Return a page with the map of a case that loads nothing from outside."""
    app = Flask("lms", template_folder="web/templates")
    init_templating(app)
    init_language(app, "Asia/Tokyo")
    app.jinja_loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(_HERE)])  # type: ignore[list-item]
    styles = "\n".join((STATIC / name).read_text("utf-8") for name in _SHEETS)
    reader = Reader(case, language)
    with app.test_request_context(headers={"Accept-Language": language}):
        return render_template(
            "simulation/map_file.html",
            language=language,
            title=reader.title,
            drawn=draw_case(reader),
            styles=styles,
        )
