"""The printed page of a certificate: its words in one language, and the answer."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Response, current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.accounts.queries import names_of
from lms.credentials.domain.state import EventKind
from lms.credentials.models import Credential
from lms.credentials.printing.certificate import PrintedCertificate
from lms.errors import NotFoundError
from lms.settings import Settings
from lms.web.era import reiwa_year
from lms.web.language import format_day, language

_JOINT = " / "  # between the two languages of a text in a credential
_SPECIMEN = "見本"


def answer_page(session: Session, found: Credential) -> Response:
    """Answer with a certificate to print, in the reader's language.

    Raises
    ------
    NotFoundError
        It is no certificate (a level has no page), it is revoked or suspended, or its
        holder's name is erased.
    """
    holder = names_of(session, [found.subject_id]).get(found.subject_id)
    last = found.event_kinds[-1] if found.event_kinds else EventKind.RESTORED
    if found.kind != "certificate" or not holder or last is not EventKind.RESTORED:
        raise NotFoundError
    settings: Settings = current_app.config["LMS_SETTINGS"]
    words = printed(
        found,
        holder=holder,
        verify_url=found.document["id"],
        language=language(),
        zone=settings.time_zone,
    )
    # Typst takes thirty megabytes: only for who prints.
    from lms.credentials.printing.draw import draw_certificate

    answer = Response(draw_certificate(words), mimetype="application/pdf")
    name = f"{found.number}-{words.language}.pdf"
    answer.headers.set("Content-Disposition", "inline", filename=name)
    return answer


def printed(
    credential: Credential, *, holder: str, verify_url: str, language: str, zone: str
) -> PrintedCertificate:
    """Return what the page of a certificate says, in one language.

    Parameters
    ----------
    holder : str
        The name, as it is written now.
    zone : str
        Zone in which the days of the certificate are told.
    """
    document = credential.document
    first = _day(credential.valid_from, zone)
    last = _day(credential.valid_until - timedelta(seconds=1), zone)
    return PrintedCertificate(
        language=language,
        document_title=_("Certificate %(number)s", number=credential.number),
        heading=_("Certificate"),
        tracking=0.5 if language == "ja" else 0.02,
        number_line=_("No. %(number)s", number=credential.number),
        holder=_("%(name)s (on a certificate)", name=holder),
        statement=_(
            "This is to certify that the person named above was judged, on evidence, "
            "to have reached the levels that the work of a support coordinator for "
            "foreign residents requires."
        ),
        competencies_title=_("Competencies in which the required level was reached"),
        competencies=tuple(
            _part(row["targetName"], language)
            for row in document["credentialSubject"]["achievement"]["alignment"]
        ),
        issued_on=_on_paper(first, language),
        issuer=_part(document["issuer"]["name"], language),
        period=(
            _("Valid from %(first)s", first=_on_paper(first, language)),
            _("until %(last)s", last=_on_paper(last, language)),
        ),
        verify_words=_("Whether it is valid can be checked here:"),
        verify_url=verify_url,
        qr_alt=_("Code that leads to the page for checking: %(url)s", url=verify_url),
        specimen=_("Specimen. This certifies nothing; people and bodies are fictional.")
        if _SPECIMEN in document["name"]
        else "",
    )


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _on_paper(day: date, language: str) -> str:
    """Return a day as certificates write it: 令和8年（2026年）4月1日, 1 April 2026."""
    era = reiwa_year(day) if language == "ja" else None
    if era is None:
        return format_day(day, weekday=False)
    return f"{era}（{day.year}年）{day.month}月{day.day}日"


def _part(text: str, language: str) -> str:
    """Return one language of a text that a credential holds in both."""
    japanese, joint, english = text.partition(_JOINT)
    return english if joint and language == "en" else japanese
