"""What the pages of the second factor show."""

from flask import current_app, flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import Session

from lms.accounts.counting import too_many_attempts
from lms.accounts.gate import own_person
from lms.accounts.sealing import unseal
from lms.accounts.second_factor.codes import grouped
from lms.accounts.second_factor.forms import CodeForm, FirstForm, ProofForm
from lms.accounts.second_factor.held import must_have_factor, must_show_password
from lms.accounts.second_factor.qr import draw_qr, setup_address
from lms.accounts.second_factor.queries import (
    count_codes_left,
    find_factor,
    find_offer,
)
from lms.accounts.second_factor.tries import Try
from lms.clock import utc_now
from lms.errors import NotFoundError
from lms.web.access import held_at
from lms.web.language import join_sentences, other_language
from lms.web.session import get_session

_FEW_CODES = 3


def step_page(form: CodeForm) -> str:
    """Return the page between the password and everything else."""
    return render_template("second_factor/step.html", form=form)


def own_page(form: ProofForm | FirstForm) -> str:
    """Return the page that says what is set up."""
    left = count_codes_left(get_session(), current_user.id)
    return render_template(
        "second_factor/own.html",
        form=form,
        factor=find_factor(get_session(), current_user.id),
        codes_left=left,
        are_codes_few=left <= _FEW_CODES,
        is_required=must_have_factor(),
        is_held=held_at() is not None,
        shows_password=must_show_password(),
    )


def has_offer() -> bool:
    """Say whether a secret waits for its first code."""
    return find_offer(get_session(), current_user.id, now=utc_now()) is not None


def offer_page(form: CodeForm) -> str:
    """Return the page with the secret that an app takes."""
    secret = _offered_secret(get_session())
    return render_template(
        "second_factor/offer.html", form=form, secret=grouped(secret)
    )


def codes_page(codes: list[str], *, onward: str | None = None) -> str:
    """Return the page with new recovery codes: the answer itself, kept nowhere."""
    return render_template(
        "second_factor/codes.html",
        codes=codes,
        onward=onward or url_for("home.home"),
        other_language=other_language(),
        language_switch=None,  # the page cannot be asked for once more
    )


def draw_offer(session: Session) -> bytes:
    """Return the secret that is offered as a picture."""
    profile = own_person().profile
    account = profile.email if profile else ""
    return draw_qr(setup_address(_offered_secret(session), account))


def wrong_code(attempt: Try) -> str:
    """Say at the field what may be wrong, and what is left."""
    wrong = _("This code is not right, or it has been used. Wait for the next one.")
    return _refusal(attempt, wrong)


def wrong_proof(attempt: Try) -> str:
    """Say at the field that neither password nor code was right."""
    wrong = _("This is neither your password nor a code that still works.")
    return _refusal(attempt, wrong)


def wrong_password(attempt: Try) -> str:
    """Say at the field that this was not the password."""
    return _refusal(attempt, _("This is not your present password."))


def say_codes_left(left: int) -> None:
    """Tell somebody who used a recovery code how many remain."""
    text = ngettext(
        "You have %(num)d recovery code left.",
        "You have %(num)d recovery codes left.",
        left,
    )
    if left <= _FEW_CODES:
        more = _("Make new ones on the page of your second factor.")
        text = join_sentences(text, more)
    flash(text)


def _refusal(attempt: Try, wrong: str) -> str:
    if attempt.wait_seconds is not None:
        return too_many_attempts(attempt.wait_seconds)
    left = ngettext(
        "%(num)d more try, then you are signed out.",
        "%(num)d more tries, then you are signed out.",
        attempt.n_left,
    )
    return join_sentences(wrong, left)


def _offered_secret(session: Session) -> str:
    offer = find_offer(session, current_user.id, now=utc_now())
    if offer is None:
        raise NotFoundError
    secrets = current_app.config["LMS_SETTINGS"].unlocking_secrets
    return unseal(offer.sealed_secret, secrets)
