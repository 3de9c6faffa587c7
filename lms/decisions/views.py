"""Cohorts and candidates; freezing packs, clearing flags, deciding."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.clock import utc_now
from lms.content.queries import Library
from lms.decisions.domain import Outcome
from lms.decisions.forms import ClearFlagForm, DecisionForm, make_decision_form
from lms.decisions.pages.candidate import CandidatePage, get_candidate_page
from lms.decisions.pages.cohort import get_cohort_page, get_cohorts_page
from lms.decisions.queries import cleared_flags, find_pack, is_candidate
from lms.decisions.services import (
    Deliberation,
    RulingError,
    StalePackError,
    clear_flag,
    freeze_pack,
    get_open_flag,
    record_decision,
)
from lms.errors import ConflictError
from lms.permissions import Permission
from lms.programme.queries import get_cohort, get_enrolment
from lms.web.access import requires
from lms.web.forms import ActForm, require_act
from lms.web.language import language
from lms.web.session import get_session, transaction

bp = Blueprint("decisions", __name__, template_folder="templates")
_ISSUE = "credentials.issue"


@bp.record_once
def _answer_packages_below(state: BlueprintSetupState) -> None:
    """Tell the record's pages what only a panel knows; they may not ask us."""
    state.app.extensions["lms_cleared_flags"] = cleared_flags
    state.app.extensions["lms_is_candidate"] = is_candidate


def _library() -> Library:
    library: Library = current_app.extensions["lms_library"]
    return library


@bp.get("/cohorts/")
@requires(Permission.COHORT_SEE)
def cohorts() -> ResponseReturnValue:
    """List the cohorts, newest first."""
    page = get_cohorts_page(get_session(), before=request.args.get("before", ""))
    return render_template("decisions/cohorts.html", page=page)


@bp.get("/cohorts/<slug>")
@requires(Permission.COHORT_SEE)
def cohort(slug: str) -> ResponseReturnValue:
    """List the candidates of a cohort by number, fifty a page."""
    page = get_cohort_page(
        get_session(), _library(), slug, after=request.args.get("after", "")
    )
    return render_template("decisions/cohort.html", page=page)


@bp.get("/decisions/<slug>/<number>")
@requires(Permission.PACK_SEE)
def candidate(slug: str, number: str) -> ResponseReturnValue:
    """Show a candidate's pack, what needs talk, and the decision."""
    return _candidate_page(_read(slug, number))


@bp.post("/decisions/<slug>/<number>/pack")
@requires(Permission.PACK_PREPARE)
def freeze(slug: str, number: str) -> ResponseReturnValue:
    """Freeze the candidate's record as it is now."""
    require_act()
    with transaction() as session:
        found = get_cohort(session, slug)
        enrolment = get_enrolment(session, found, number)
        before = find_pack(session, found, enrolment.subject_id)
        pack = freeze_pack(
            session,
            _library(),
            enrolment,
            found,
            actor=current_user.subject_id,
            as_of=_now_here(),
        )
    if pack is before:
        flash(_("Nothing is new since the last pack; that one stays."))
    else:
        flash(_("The pack of candidate %(number)s is frozen.", number=number))
    if Permission.PACK_SEE in current_user.permissions:
        return redirect(url_for(".candidate", slug=slug, number=number), 303)
    return redirect(url_for(".cohort", slug=slug), 303)


@bp.post("/decisions/<slug>/<number>/flags/<uuid:evidence_id>")
@requires(Permission.DECISION_RECORD)
def clear(slug: str, number: str, evidence_id: UUID) -> ResponseReturnValue:
    """Clear one critical flag with a reason; a decision that came along stays."""
    with transaction() as session:
        page = _read(slug, number)
        try:
            flag = get_open_flag(session, page.enrolment.subject_id, evidence_id)
        except ConflictError as error:
            return _cleared_before(page, error)
        form = ClearFlagForm(prefix=_flag_prefix(evidence_id))
        if not form.validate():
            failed = (evidence_id, form)
            return _candidate_page(page, _along(page), failed_flag=failed), 422
        clear_flag(
            session,
            flag,
            reason=form.reason.data,
            actor=current_user.subject_id,
            now=utc_now(),
        )
    along = _along(page)
    if along is not None:
        along.shown_again = _(
            "The flag is cleared. The decision is not recorded yet: "
            "check it and send it."
        )
        return _candidate_page(_read(slug, number), along)
    flash(_("The flag is cleared."))
    return redirect(url_for(".candidate", slug=slug, number=number), 303)


@bp.post("/decisions/<slug>/<number>")
@requires(Permission.DECISION_RECORD)
def decide(slug: str, number: str) -> ResponseReturnValue:
    """Record a decision on the pack that the reader saw."""
    with transaction() as session:
        page = _read(slug, number)
        if page.frozen is None:
            abort(404)
        form = make_decision_form(page.frozen.framework.competencies, language())
        if not form.validate():
            return _candidate_page(page, form), 422
        given = Deliberation(
            pack_digest=form.pack_digest.data,
            supersedes=form.seen_decision,
            ruling=form.to_ruling(),
            actor=current_user.subject_id,
            now=utc_now(),
        )
        try:
            record_decision(session, page.cohort, page.enrolment.subject_id, given)
        except StalePackError as error:
            form.form_errors.append(_(error.template))
            return _candidate_page(page, _on_newest(form, page)), 409
        except RulingError as error:
            form.show_faults(error.faults, language())
            return _candidate_page(page, form), 422
    flash(_("The decision on candidate %(number)s is recorded.", number=number))
    return redirect(url_for(".candidate", slug=slug, number=number), 303)


def _now_here() -> datetime:
    """Return the present moment in the zone in which days of work are kept."""
    zone = ZoneInfo(current_app.config["LMS_SETTINGS"].time_zone)
    return utc_now().astimezone(zone)


def _read(slug: str, number: str) -> CandidatePage:
    return get_candidate_page(
        get_session(), _library(), slug, number, reader=current_user.subject_id
    )


def _flag_prefix(evidence_id: UUID) -> str:
    return f"flag-{evidence_id}-"


def _cleared_before(page: CandidatePage, error: ConflictError) -> ResponseReturnValue:
    """Give a decision back that came along with clearing what is cleared already."""
    along = _along(page)
    if along is None:
        raise error
    along.form_errors.append(_(error.template))
    return _candidate_page(page, along), error.status


def _along(page: CandidatePage) -> DecisionForm | None:
    """Return a decision that came with the reason for clearing a flag, if any."""
    if page.frozen is None or "pack_digest" not in request.form:
        return None
    form = make_decision_form(page.frozen.framework.competencies, language())
    return form if form.is_begun else None


def _flag_form(evidence_id: UUID) -> ClearFlagForm:
    """Return the form of a flag, with a reason that came along with another form."""
    prefix = _flag_prefix(evidence_id)
    is_sent = f"{prefix}reason" in request.form
    return ClearFlagForm(prefix=prefix, formdata=request.form if is_sent else None)


def _on_newest(form: DecisionForm, page: CandidatePage) -> DecisionForm:
    """Point what was typed to the pack and decision that the page shows now."""
    form.pack_digest.data = page.frozen.pack.digest if page.frozen else ""
    form.supersedes.data = str(page.live.public_id) if page.live else ""
    return form


def _issued_on(page: CandidatePage) -> Any:
    """Return the certificate that the decision gave, as the package above knows it."""
    find = current_app.extensions.get("lms_certificate_of")
    if find is None or page.live is None or page.live.outcome != Outcome.AWARD:
        return None
    return find(get_session(), page.live.id)


def _candidate_page(
    page: CandidatePage,
    form: DecisionForm | None = None,
    *,
    failed_flag: tuple[UUID, ClearFlagForm] | None = None,
) -> str:
    decision_form = form
    if decision_form is None and page.frozen is not None:
        competencies = page.frozen.framework.competencies
        blank = make_decision_form(competencies, language(), formdata=None)
        decision_form = _on_newest(blank, page)
    flag_forms: dict[UUID, Any] = {
        flag.evidence.public_id: _flag_form(flag.evidence.public_id)
        for flag in page.open_flags
    }
    if failed_flag is not None:
        flag_forms[failed_flag[0]] = failed_flag[1]
    return render_template(
        "decisions/candidate.html",
        page=page,
        form=failed_flag[1] if failed_flag else decision_form or ActForm(),
        decision_form=decision_form,
        flag_forms=flag_forms,
        conflict=_(page.conflict) if page.conflict else None,
        can_issue=_ISSUE in current_app.view_functions,
        issued=_issued_on(page),
    )
