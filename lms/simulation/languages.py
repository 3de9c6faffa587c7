"""Names of languages in the reader's language."""

from flask_babel import lazy_gettext as _l

_NAMES = {
    "ja": _l("Japanese"),
    "en": _l("English"),
    "vi": _l("Vietnamese"),
    "zh": _l("Chinese"),
    "pt": _l("Portuguese"),
    "es": _l("Spanish"),
    "fil": _l("Filipino"),
    "ne": _l("Nepali"),
    "my": _l("Burmese"),
    "id": _l("Indonesian"),
    "ko": _l("Korean"),
}


def language_name(code: str) -> str:
    """Return the name of a language in the reader's language."""
    return str(_NAMES.get(code, code))
