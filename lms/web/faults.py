"""What the fields of WTForms say of themselves, in the words of the product."""

from collections.abc import Mapping

from flask_babel import gettext as _

from lms.errors import message

_UNUSABLE = message("This cannot be used as it stands. Check how it is written.")
_CHOOSE = message("Choose from what is offered.")
_NEEDED = message("Fill this in.")
_LOCKED = message("This cannot be changed here.")
_WHOLE = message("Enter a whole number.")
_NUMBER = message("Enter a number.")
_STALE = message("The page was open for too long. Reload it, and send it once more.")
# Every message of WTForms' own catalogue that a reader may meet.
_WORDS: Mapping[str, str] = {
    "Field cannot be longer than %(max)d character.": message(
        "Write at most %(max)d characters."
    ),
    "Field must be at least %(min)d character long.": message(
        "Write at least %(min)d characters."
    ),
    "Field must be exactly %(max)d character long.": message(
        "Write exactly %(max)d characters."
    ),
    "Field must be between %(min)d and %(max)d characters long.": message(
        "Write %(min)d to %(max)d characters."
    ),
    "Number must be at least %(min)s.": message("Enter %(min)s or more."),
    "Number must be at most %(max)s.": message("Enter %(max)s or less."),
    "Number must be between %(min)s and %(max)s.": message(
        "Enter a number from %(min)s to %(max)s."
    ),
    "Field must be equal to %(other_name)s.": message("The two entries differ."),
    "Not a valid datetime value.": message("Enter a day and time that exist."),
    "Not a valid date value.": message("Enter a day that exists, as in 2026-04-01."),
    "Not a valid time value.": message("Enter a time, as in 09:30."),
    "Not a valid week value.": _UNUSABLE,
    "Not a valid integer value.": _WHOLE,
    "Not a valid decimal value.": _NUMBER,
    "Not a valid float value.": _NUMBER,
    "This field is required.": _NEEDED,
    "This field cannot be edited.": _LOCKED,
    "This field is disabled and cannot have a value.": _LOCKED,
    "Invalid input.": _UNUSABLE,
    "Invalid email address.": message("Write the address as in name@example.jp."),
    "Invalid IP address.": _UNUSABLE,
    "Invalid Mac address.": _UNUSABLE,
    "Invalid URL.": _UNUSABLE,
    "Invalid UUID.": _UNUSABLE,
    "Invalid value, must be one of: %(values)s.": _CHOOSE,
    "Invalid value, can't be any of: %(values)s.": _UNUSABLE,
    "Invalid Choice: could not coerce.": _CHOOSE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOOSE,
    "Not a valid choice.": _CHOOSE,
    "'%(value)s' is not a valid choice for this field.": _CHOOSE,
    "Invalid CSRF Token.": _STALE,
    "CSRF token missing.": _STALE,
    "CSRF failed.": _STALE,
    "CSRF token expired.": _STALE,
}


class FaultWords:
    """Stands for WTForms' translations, in the reader's language."""

    def gettext(self, said: str) -> str:
        """Return the product's words; what is none of WTForms' faults stays as it is.

        WTForms asks for the labels of fields that have none too.
        """
        words = _WORDS.get(said)
        return said if words is None else str(_(words))

    def ngettext(self, one: str, _many: str, _number: int) -> str:
        """Return the product's words, which fit any number."""
        return self.gettext(one)
