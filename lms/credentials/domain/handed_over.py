"""What kind of file somebody hands over as a credential, and the token in it.

Editors, mail programs and shells put a byte order mark before a text, change the ends
of its lines, or wrap it. None of these characters can stand in a token (RFC 7515,
sections 2 and 7.1), so taking them away never makes one token of another. What is left
is read strictly.
"""

import codecs
import re
from enum import StrEnum

from lms.credentials.domain.jws import Fault, JwsError

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_RECORDS = re.compile(r'\{\s*"document"\s*:')
_HEADER = "eyJ"  # how every token begins: base64url of ``{"``


class FileKind(StrEnum):
    """What a file is, by its look; nothing is verified yet."""

    EMPTY = "empty"
    SIGNED = "signed"
    RECORDS = "records"
    UNSIGNED = "unsigned"
    OTHER = "other"


_FAULTS = {
    FileKind.EMPTY: Fault.EMPTY,
    FileKind.RECORDS: Fault.RECORDS,
    FileKind.UNSIGNED: Fault.NOT_SIGNED,
    FileKind.OTHER: Fault.OTHER_KIND,
}
# Nothing is wrong with these files; they only are not what was asked for.
OTHER_FILES = frozenset({Fault.RECORDS, Fault.NOT_SIGNED, Fault.OTHER_KIND})


def find_kind(data: str | bytes) -> FileKind:
    """Say what a file is; its beginning is enough to know a file of records."""
    return _kind_of(_text_of(data))


def read_token(data: str | bytes) -> str:
    """Return the token of a file without what programs put around and between.

    Raises
    ------
    JwsError
        The file is of another kind.
    """
    text = _text_of(data)
    fault = _FAULTS.get(_kind_of(text))
    if fault is not None:
        raise JwsError(fault)
    return "".join(line.strip(" \t") for line in re.split(r"[\r\n]", text))


def _text_of(data: str | bytes) -> str:
    if isinstance(data, str):
        return data.removeprefix("\ufeff").strip()
    encoding = next(
        (name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8"
    )
    return data.decode(encoding, errors="replace").strip()


def _kind_of(text: str) -> FileKind:
    if not text:
        return FileKind.EMPTY
    if _RECORDS.match(text):
        return FileKind.RECORDS
    if text[0] in "{[":
        return FileKind.UNSIGNED
    return FileKind.SIGNED if _is_like_a_token(text) else FileKind.OTHER


def _is_like_a_token(text: str) -> bool:
    """Tell a damaged token from what never was one."""
    has_parts = text.count(".") >= 2 and not re.search(r"[^\S\r\n]", text)
    return text.startswith(_HEADER) or has_parts
