"""Names of languages in the reader's language."""

from flask_babel import gettext as _


def language_name(code: str) -> str:
    """Return the name of a language in the reader's language."""
    names = {
        "ja": _("Japanese"),
        "en": _("English"),
        "vi": _("Vietnamese"),
        "zh": _("Chinese"),
        "pt": _("Portuguese"),
        "es": _("Spanish"),
        "fil": _("Filipino"),
        "ne": _("Nepali"),
        "my": _("Burmese"),
        "id": _("Indonesian"),
        "ko": _("Korean"),
    }
    return str(names.get(code, code))
