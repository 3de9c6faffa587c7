"""The directory's closed words in the reader's language."""

from babel import Locale
from flask_babel import lazy_gettext as _l

from lms.web.language import language

KINDS = {
    "public": _l("Public body"),
    "quasi_public": _l("Body set up by law"),
    "professional": _l("Professional association"),
    "nonprofit": _l("Non-profit body"),
    "intergovernmental": _l("International organisation"),
    "embassy": _l("Foreign mission in Japan"),
    "private": _l("Private body"),
}
AREAS = {
    "national": _l("Whole country"),
    "prefecture": _l("Prefecture"),
    "municipality": _l("Municipality"),
}
STANDINGS = {
    "read": _l("Checked against the sources named here."),
    "general": _l(
        "Well-established law; not yet compared with the text of the article."
    ),
    "unverified": _l("Not verified. Check before you rely on it; it is never graded."),
}


def language_name(code: str) -> str:
    """Return the name of a language in the reader's language."""
    return str(Locale.parse(language()).languages.get(code, code))
