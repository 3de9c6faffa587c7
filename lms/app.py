"""The application: the only module that knows every package. Reads as a list."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

import lms.accounts.admin.views.acts
import lms.accounts.admin.views.imports
import lms.accounts.admin.views.organisations
import lms.accounts.admin.views.people
import lms.accounts.admin.views.person
import lms.accounts.second_factor.views
import lms.accounts.single_sign_on.views
import lms.accounts.views.door
import lms.accounts.views.links
import lms.accounts.views.own
import lms.accounts.views.stay
import lms.audit.views
import lms.competency.views
import lms.credentials.views.certifying
import lms.curriculum.views
import lms.decisions.views
import lms.directory.views
import lms.grading.views
import lms.home.views
import lms.jobs.models
import lms.privacy.views
import lms.programme.views
import lms.simulation.views.drafts
import lms.simulation.views.notebook
import lms.simulation.views.result
import lms.simulation.views.studio
import lms.web.figures
import lms.web.health
import lms.web.styleguide
import lms.web.views
from lms.accounts.gate import init_gate
from lms.accounts.passwords import Passwords
from lms.accounts.queries import names_of
from lms.accounts.second_factor.held import first_step
from lms.accounts.single_sign_on.views import init_single_sign_on
from lms.accounts.throttle import Throttle, sign_in_limits
from lms.compilers import COMPILERS
from lms.content.queries import Library, Published
from lms.curriculum.helping import LessonLink, find_lessons
from lms.db import Database, make_engine
from lms.evidence.domain import WorkKindRegistry
from lms.figures import FIGURES
from lms.grading.feedback import Feedback, list_feedback
from lms.grading.queries.sheets import is_marked
from lms.mails import mail_kinds
from lms.permissions import Role
from lms.programme.queries import framework_version_of, number_of, numbers_of
from lms.settings import Settings
from lms.simulation.work import CaseWork
from lms.web.access import init_access
from lms.web.headers import init_headers
from lms.web.language import init_language, language
from lms.web.language_switch import init_language_switch
from lms.web.layout import NavEntry, init_layout
from lms.web.problems import init_problems
from lms.web.product import Product
from lms.web.request_id import init_request_id
from lms.web.session import init_session
from lms.web.signing import init_signing
from lms.web.templating import init_templating
from lms.web.watch import init_watch, watch_connections

if TYPE_CHECKING:
    from lms.content.kinds import KindRegistry

FrameworkOf = Callable[[Session, UUID], Published]
DEFAULT_FRAMEWORK = "coordinator"
MAX_REQUEST_BYTES = 2 * 1024 * 1024
# A page that waits longer says that the system cannot be reached for a moment.
LONGEST_LOCK_SECONDS = 10
BLUEPRINTS = (
    lms.web.figures.bp,
    lms.web.health.bp,
    lms.web.views.bp,
    lms.web.styleguide.bp,
    lms.accounts.views.door.bp,
    lms.accounts.views.links.bp,
    lms.accounts.views.own.bp,
    lms.accounts.second_factor.views.bp,
    lms.accounts.views.stay.bp,
    lms.accounts.single_sign_on.views.bp,
    lms.home.views.bp,
    lms.curriculum.views.bp,
    lms.directory.views.bp,
    lms.simulation.views.notebook.bp,
    lms.simulation.views.studio.bp,
    lms.grading.views.bp,
    lms.competency.views.bp,
    lms.programme.views.bp,
    lms.decisions.views.bp,
    lms.credentials.views.certifying.bp,
    lms.audit.views.bp,
    lms.privacy.views.bp,
    lms.accounts.admin.views.people.bp,
    lms.accounts.admin.views.imports.bp,
    lms.accounts.admin.views.person.bp,
    lms.accounts.admin.views.acts.bp,
    lms.accounts.admin.views.organisations.bp,
)
ROLE_NAMES = {
    Role.TRAINEE: _l("Trainee"),
    Role.SUPERVISOR: _l("Supervisor"),
    Role.OPERATOR: _l("Operator"),
    Role.CERTIFIER: _l("Certifier"),
    Role.AUTHOR: _l("Author"),
    Role.REVIEWER: _l("Reviewer"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.AUDITOR: _l("Auditor"),
}


def _entry(label: str, endpoint: str, *blueprints: str) -> NavEntry:
    return NavEntry(label, endpoint, frozenset(blueprints))


_HOME = _entry(_l("Home"), "home.home", "home")
_LEARN = _entry(_l("Learn"), "curriculum.modules", "curriculum", "assessment")
_DIRECTORY = _entry(_l("Directory"), "directory.search", "directory")
_CASES = _entry(_l("Cases"), "simulation.cases", "simulation")
_STUDIO = _entry(_l("Studio"), "studio.cases", "studio")
NAVIGATION = {
    Role.TRAINEE: (
        _HOME,
        _LEARN,
        _CASES,
        _DIRECTORY,
        _entry(_l("Competency record"), "competency.own", "competency"),
        _entry(_l("Certificates"), "credentials.mine", "credentials"),
    ),
    Role.SUPERVISOR: (
        _HOME,
        _entry(_l("Marking"), "grading.queue", "grading"),
        _LEARN,
        _CASES,
        _DIRECTORY,
    ),
    Role.OPERATOR: (
        _HOME,
        _entry(_l("Cohorts"), "decisions.cohorts", "decisions", "programme"),
    ),
    Role.CERTIFIER: (
        _HOME,
        _entry(_l("Cohorts and decisions"), "decisions.cohorts", "decisions"),
        _entry(_l("Certificates"), "credentials.credentials", "credentials"),
    ),
    Role.AUTHOR: (_HOME, _STUDIO, _LEARN, _CASES, _DIRECTORY),
    Role.REVIEWER: (_HOME, _STUDIO, _LEARN, _CASES, _DIRECTORY),
    Role.ADMINISTRATOR: (
        _HOME,
        _entry(
            _l("People"),
            "admin.people",
            *("admin", "admin_person", "admin_acts", "admin_import"),
        ),
        _entry(_l("Organisations"), "organisations.organisations", "organisations"),
        _entry(_l("Erasure"), "privacy.requests", "privacy"),
    ),
    Role.AUDITOR: (_HOME, _entry(_l("Audit trail"), "audit.trail", "audit")),
}


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """Return the application.

    Parameters
    ----------
    database : Database, optional
        Given by tests; made from the settings otherwise.
    """
    app = Product("lms", static_folder="web/static", template_folder="web/templates")
    init_templating(app)
    is_https = settings.public_url.startswith("https://")
    app.config.update(
        LMS_SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_REQUEST_BYTES,
        SESSION_COOKIE_NAME="__Host-tsunagu" if is_https else "tsunagu",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_https,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session; it is signed with it
        # Pages of mailed links send no Referer; the token and SameSite hold alone.
        WTF_CSRF_SSL_STRICT=False,
    )
    init_request_id(app)
    init_watch(app)
    library = Library(COMPILERS)
    app.extensions["lms_library"] = library
    app.extensions["lms_content_kinds"] = _content_kinds
    app.extensions["lms_figures"] = FIGURES
    app.extensions["lms_mail_kinds"] = mail_kinds(settings)
    app.extensions["lms_passwords"] = Passwords(cheap=settings.is_testing)
    app.extensions["lms_throttle"] = Throttle(
        settings.secret_key,
        sign_in_limits(
            per_account=settings.failures_per_account,
            per_address=settings.failures_per_address,
            resets=settings.resets_per_address,
        ),
        settings.redis_url,
    )
    app.extensions["lms_work_kinds"] = WorkKindRegistry((CaseWork(library),))
    app.extensions["lms_framework_of"] = _framework_of(library)
    app.extensions["lms_number_of"] = _number_of
    app.extensions["lms_names_of"] = names_of
    app.extensions["lms_numbers_of"] = numbers_of
    app.extensions["lms_role_names"] = ROLE_NAMES
    app.extensions["lms_is_marked"] = is_marked
    app.extensions["lms_lessons_for"] = _lessons_for(library)
    app.extensions["lms_sheets_of"] = _sheets_of(library)
    init_single_sign_on(app, settings)
    _trust_proxies(app, settings.trusted_proxies)
    database = database or Database(
        make_engine(settings.database_url, lock_seconds=LONGEST_LOCK_SECONDS)
    )
    watch_connections(database.engine)
    init_session(app, database)
    init_language_switch(app)
    init_language(app, settings.time_zone)
    init_headers(app, is_https=is_https)
    init_problems(app)
    init_signing(app)
    init_gate(app)
    init_layout(app, settings, NAVIGATION, ROLE_NAMES)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    init_access(app, first_step)
    return app


def _trust_proxies(app: Flask, count: int) -> None:
    """Take the reader's address and scheme from the proxies in front, if any."""
    if count:
        wsgi = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)
        app.wsgi_app = wsgi  # type: ignore[method-assign]


@cache
def _content_kinds() -> "KindRegistry":
    """Return the kinds of content, for pages that read the files of authors."""
    from lms.kinds import content_kinds  # parsers, which no other page needs

    return content_kinds()


def _framework_of(library: Library) -> FrameworkOf:
    """Return who says which framework a learner is held against."""

    def framework_of(session: Session, subject_id: UUID) -> Published:
        version_id = framework_version_of(session, subject_id)
        if version_id is not None:
            return library.get(session, version_id)
        return library.get_current(session, "framework", DEFAULT_FRAMEWORK)

    return framework_of


def _sheets_of(library: Library) -> Callable[[Session, UUID], list[Feedback]]:
    """Return who gives a learner the sheets on a work."""

    def sheets_of(session: Session, work_id: UUID) -> list[Feedback]:
        return list_feedback(session, library, work_id, language())

    return sheets_of


def _lessons_for(
    library: Library,
) -> Callable[[Session, tuple[str, ...]], list[LessonLink]]:
    """Return who names the lessons that teach some competencies."""

    def lessons_for(
        session: Session, competencies: tuple[str, ...]
    ) -> list[LessonLink]:
        return find_lessons(session, library, competencies, language())

    return lessons_for


def _number_of(session: Session, subject_id: UUID) -> str:
    """Return the number that stands for a learner's name while blind."""
    return number_of(session, subject_id) or "–"
