"""The directory as a page to look things up, and to ask what a client can use."""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from lms.clock import local_day, utc_now
from lms.content.source_view import SourceView, list_sources
from lms.directory.domain import (
    Attribute,
    Basis,
    Directory,
    Eligibility,
    SupportMenu,
    Verdict,
    eligibility,
)
from lms.directory.forms import ClientForm, SearchForm, make_client_form
from lms.directory.queries import (
    MenuPage,
    get_directory,
    get_list_page,
    get_menu_page,
    get_partner_page,
)
from lms.directory.words import AREAS, KINDS, STANDINGS, language_name
from lms.errors import NotFoundError
from lms.permissions import Permission
from lms.web.access import requires
from lms.web.session import get_session
from lms.web.typed import keeps_nothing, only_answers

bp = Blueprint(
    "directory", __name__, template_folder="templates", url_prefix="/directory"
)
_PARTNERS = "partners"
# Menus of whose conditions the sources say nothing; they were not judged.
_OPEN = "open"
_ORDER = (Verdict.SATISFIED, Verdict.UNKNOWN, Verdict.FAILED)


@bp.context_processor
def _words() -> dict[str, object]:
    """Give the templates the closed words of the directory."""
    return {
        "kinds": KINDS,
        "areas": AREAS,
        "standings": STANDINGS,
        "language_name": language_name,
        "sources_of": _sources_of,
    }


@bp.get("/")
@requires(Permission.DIRECTORY_READ)
def search() -> ResponseReturnValue:
    """Show menus or partners that answer the words and filters of the address."""
    directory = _directory()
    form = SearchForm(request.args, directory=directory)
    is_valid = form.validate()
    shown = request.args.get("show", "")
    page = get_list_page(
        directory,
        form.to_wanted(),
        shows_partners=shown == _PARTNERS,
        number=_page_number(),
    )
    kept = {name: text for name, text in form.data.items() if text}
    answer = render_template(
        "directory/search.html", page=page, form=form, kept=kept, shown=shown
    )
    return answer, 200 if is_valid else 422


@bp.get("/partners/<partner_id>")
@requires(Permission.DIRECTORY_READ)
def partner(partner_id: str) -> ResponseReturnValue:
    """Show one partner: what it does, what not, and its menus."""
    page = get_partner_page(_directory(), partner_id)
    return render_template("directory/partner.html", page=page)


@bp.get("/menus/<menu_id>")
@requires(Permission.DIRECTORY_READ)
def menu(menu_id: str) -> ResponseReturnValue:
    """Show one support menu with its conditions and their sources."""
    page = get_menu_page(_directory(), menu_id)
    form = _menu_form(page, formdata=None)
    return render_template("directory/menu.html", page=page, form=form, result=None)


@bp.post("/menus/<menu_id>")
@requires(Permission.DIRECTORY_READ)
@keeps_nothing
@only_answers
def judge(menu_id: str) -> ResponseReturnValue:
    """Say whether a client, of whom some things are known, can use a menu."""
    page = get_menu_page(_directory(), menu_id)
    form = _menu_form(page)
    is_valid = form.validate()
    result = eligibility(page.menu, form.to_facts()) if is_valid else None
    answer = render_template("directory/menu.html", page=page, form=form, result=result)
    return answer, 200 if is_valid else 422


@bp.get("/check")
@requires(Permission.DIRECTORY_READ)
def check() -> ResponseReturnValue:
    """Ask what is known of a client, for all menus at once."""
    directory = _directory()
    form = make_client_form(_attributes_read(directory), formdata=None)
    return render_template(
        "directory/check.html", directory=directory, form=form, groups=None
    )


@bp.post("/check")
@requires(Permission.DIRECTORY_READ)
@keeps_nothing
@only_answers
def judge_all() -> ResponseReturnValue:
    """Sort all menus by what the conditions say of a client."""
    directory = _directory()
    form = make_client_form(_attributes_read(directory))
    is_valid = form.validate()
    groups = _sorted(directory, form) if is_valid else None
    answer = render_template(
        "directory/check.html", directory=directory, form=form, groups=groups
    )
    return answer, 200 if is_valid else 422


def _directory() -> Directory:
    library = current_app.extensions["lms_library"]
    found: Directory = get_directory(get_session(), library).content
    return found


def _menu_form(page: MenuPage, **given: object) -> ClientForm:
    attributes = page.directory.attributes
    return make_client_form((attributes[name] for name in page.menu.reads()), **given)


def _attributes_read(directory: Directory) -> list[Attribute]:
    """Return the attributes that some menu reads, in the order of the file."""
    read = {name for row in directory.menus.values() for name in row.reads()}
    return [row for row in directory.attributes.values() if row.id in read]


def _sorted(
    directory: Directory, form: ClientForm
) -> list[tuple[str, list[tuple[SupportMenu, Eligibility]]]]:
    facts = form.to_facts()
    rows = [(row, eligibility(row, facts)) for row in directory.menus.values()]
    judged = [row for row in rows if row[0].conditions]
    return [
        *((v.value, [row for row in judged if row[1].verdict is v]) for v in _ORDER),
        (_OPEN, [row for row in rows if not row[0].conditions]),
    ]


def _sources_of(basis: Basis) -> list[SourceView]:
    today = local_day(utc_now(), current_app.config["LMS_SETTINGS"].time_zone)
    return list_sources(basis.note, today)


def _page_number() -> int:
    text = request.args.get("page", "1")
    if not text.isascii() or not text.isdecimal() or len(text) > 4:
        raise NotFoundError
    return int(text)
