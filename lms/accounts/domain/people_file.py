"""Reading a list of people that a spreadsheet wrote: every fault of every row."""

import csv
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from io import StringIO
from typing import Any, ClassVar

from lms.accounts.domain.address import is_address, normalise_address
from lms.accounts.domain.line import clean_line, has_control
from lms.accounts.domain.people_words import (
    HEADS,
    LOCALES,
    NO_ROLE,
    REQUIRED,
    ROLE_WORDS,
    UNKNOWN_HEAD,
    Column,
)
from lms.errors import InvalidInputError, message
from lms.permissions import Role

MAX_BYTES = 1024 * 1024
MAX_ROWS = 5_000
MAX_CELL = 200


class PeopleFileError(InvalidInputError):
    """The file as a whole cannot be read."""

    default: ClassVar[str] = message("This file cannot be read as a list of people.")


_OTHER_SEPARATORS: Mapping[str, str] = {";": ";", "TAB": "\t"}
_NO_TEXT = message(
    "This is no CSV file. Save the list as “CSV UTF-8”; Shift_JIS is read too."
)
# UTF-16, and what is chosen by mistake: workbooks and PDF.
_BINARY = (b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-")
_SEPARATORS = str.maketrans("、，;；/／|", ",,,,,,,")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, and what to do about it."""

    template: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        return self.template % self.values


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One row; what is empty in it leaves things as they are.

    Attributes
    ----------
    line : int
        Line of the file on which the row begins, the head being 1.
    """

    line: int
    name: str = ""
    name_kana: str = ""
    email: str = ""
    roles: tuple[Role, ...] = ()
    organisation: str = ""
    supervisor: str = ""
    locale: str | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """A list as it was read.

    Attributes
    ----------
    digest : str
        SHA-256 of the bytes.
    encoding : str
        ``utf-8`` or ``cp932``, which spreadsheets in Japan write.
    """

    digest: str
    encoding: str
    rows: tuple[FileRow, ...]


def read_people(content: bytes) -> PeopleFile:
    """Read a list, collecting the faults of rows instead of stopping at the first.

    Raises
    ------
    PeopleFileError
        It is too large, no text, or lacks a column that is needed.
    """
    if len(content) > MAX_BYTES:
        raise PeopleFileError(
            message("The file is larger than %(limit)d KiB. Split it."),
            limit=MAX_BYTES // 1024,
        )
    text, encoding = _decode(content)
    reader = csv.reader(StringIO(text, newline=""))
    try:
        heads = _read_head(next(reader, []))
        rows = tuple(_mark_repeated(_read_rows(reader, heads)))
    except csv.Error as error:
        raise PeopleFileError(
            message("Line %(line)d is no row of a CSV file."), line=reader.line_num
        ) from error
    if not rows:
        raise PeopleFileError(message("There is no row below the head."))
    return PeopleFile(sha256(content).hexdigest(), encoding, rows)


def _decode(content: bytes) -> tuple[str, str]:
    if content.startswith(_BINARY) or b"\x00" in content:
        raise PeopleFileError(_NO_TEXT)
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise PeopleFileError(
        message("The file is neither UTF-8 nor Shift_JIS. Save it as “CSV UTF-8”.")
    )


def _read_head(cells: list[str]) -> dict[Column, str]:
    """Return the columns in order, each with the word that the file has for it."""
    _check_separator(cells)
    heads: dict[Column, str] = {}
    for cell in cells:
        head = unicodedata.normalize("NFKC", cell).strip().casefold()
        if head not in HEADS:
            raise PeopleFileError(UNKNOWN_HEAD, head=cell.strip()[:40])
        if HEADS[head] in heads:
            raise PeopleFileError(message("The first line names a column twice."))
        heads[HEADS[head]] = cell.strip()
    for column, missing in REQUIRED.items():
        if column not in heads:
            raise PeopleFileError(missing)
    return heads


def _check_separator(cells: list[str]) -> None:
    for name, sign in _OTHER_SEPARATORS.items():
        if len(cells) == 1 and sign in cells[0]:
            raise PeopleFileError(
                message(
                    "The cells are separated by “%(sign)s”. "
                    "Save the list as CSV with commas."
                ),
                sign=name,
            )


def _read_rows(reader: Any, heads: Mapping[Column, str]) -> Iterator[FileRow]:
    count, line = 0, reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            count += 1
            if count > MAX_ROWS:
                raise PeopleFileError(
                    message("The file has more than %(limit)d rows. Split it."),
                    limit=MAX_ROWS,
                )
            yield _read_row(line, cells, heads)
        line = reader.line_num + 1


def _read_row(line: int, cells: list[str], heads: Mapping[Column, str]) -> FileRow:
    if len(cells) != len(heads):
        fault = Fault(
            message(
                "Cells in this row: %(found)d; in the first line: %(wanted)d. "
                "Check the commas."
            ),
            {"found": len(cells), "wanted": len(heads)},
        )
        return FileRow(line=line, name=clean_line(cells[0]), faults=(fault,))
    given = {
        column: clean_line(cell) for column, cell in zip(heads, cells, strict=True)
    }
    return FileRow(
        line=line,
        name=given[Column.NAME],
        name_kana=given.get(Column.NAME_KANA, ""),
        email=normalise_address(given[Column.EMAIL]),
        roles=tuple(_roles(given)[0]),
        organisation=given.get(Column.ORGANISATION, ""),
        supervisor=normalise_address(given.get(Column.SUPERVISOR, "")),
        locale=LOCALES.get(given.get(Column.LOCALE, "").casefold()),
        faults=tuple(_faults(given, heads)),
    )


def _roles(given: Mapping[Column, str]) -> tuple[list[Role], list[str]]:
    """Return the roles that a cell names, and the words that name none."""
    roles: list[Role] = []
    strange = []
    cell = unicodedata.normalize("NFKC", given.get(Column.ROLES, ""))
    for part in cell.translate(_SEPARATORS).split(","):
        word = part.strip().casefold()
        if word in ROLE_WORDS:
            roles.append(ROLE_WORDS[word])
        elif word:
            strange.append(part.strip())
    return list(dict.fromkeys(roles)), strange


def _faults(
    given: Mapping[Column, str], heads: Mapping[Column, str]
) -> Iterator[Fault]:
    for column, cell in given.items():
        if len(cell) > MAX_CELL:
            values = {"column": heads[column], "limit": MAX_CELL}
            yield Fault(
                message("“%(column)s” has more than %(limit)d characters."), values
            )
        if has_control(cell):
            yield Fault(
                message("“%(column)s” holds a line end or a control character."),
                {"column": heads[column]},
            )
    if not given[Column.NAME]:
        yield Fault(message("The name is missing."), {})
    if not is_address(normalise_address(given[Column.EMAIL])):
        yield Fault(message("The e-mail address cannot be used. Correct it."), {})
    yield from _faults_of_words(given)


def _faults_of_words(given: Mapping[Column, str]) -> Iterator[Fault]:
    for word in _roles(given)[1]:
        yield Fault(NO_ROLE, {"word": word[:40]})
    supervisor = given.get(Column.SUPERVISOR, "")
    if supervisor and not is_address(normalise_address(supervisor)):
        yield Fault(message("Name the supervisor by e-mail address."), {})
    locale = given.get(Column.LOCALE, "")
    if locale and locale.casefold() not in LOCALES:
        yield Fault(message("The language is “ja” or “en”."), {})


def _mark_repeated(rows: Iterator[FileRow]) -> Iterator[FileRow]:
    """Refuse an address that an earlier row has: which of the two holds is unknown."""
    lines: dict[str, int] = {}
    for row in rows:
        first = lines.setdefault(row.email, row.line) if row.email else row.line
        if first == row.line:
            yield row
            continue
        fault = Fault(
            message("Line %(line)d has the same e-mail address. Leave one of them."),
            {"line": first},
        )
        yield replace(row, faults=(*row.faults, fault))
