"""Reading a list of people that a spreadsheet wrote: every fault of every row."""

import csv
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from io import StringIO
from typing import Any, ClassVar

from lms.accounts.domain.address import is_address, normalise_address
from lms.accounts.domain.line import clean_line, has_control
from lms.errors import InvalidInputError, message
from lms.permissions import Role

MAX_BYTES = 1024 * 1024
MAX_ROWS = 5_000
MAX_CELL = 200


class PeopleFileError(InvalidInputError):
    """The file as a whole cannot be read."""

    default: ClassVar[str] = message("This file cannot be read as a list of people.")


class Column(StrEnum):
    """What a column holds."""

    NAME = "name"
    NAME_KANA = "kana"
    EMAIL = "email"
    ROLES = "roles"
    ORGANISATION = "organisation"
    SUPERVISOR = "supervisor"
    LOCALE = "language"


# What the head of a column may say, in Japanese or English.
HEADS: Mapping[str, Column] = {
    **{column.value: column for column in Column},
    "氏名": Column.NAME,
    "名前": Column.NAME,
    "ふりがな": Column.NAME_KANA,
    "フリガナ": Column.NAME_KANA,
    "メールアドレス": Column.EMAIL,
    "メール": Column.EMAIL,
    "e-mail": Column.EMAIL,
    "役割": Column.ROLES,
    "所属": Column.ORGANISATION,
    "組織": Column.ORGANISATION,
    "指導者": Column.SUPERVISOR,
    "指導者のメールアドレス": Column.SUPERVISOR,
    "supervisor email": Column.SUPERVISOR,
    "言語": Column.LOCALE,
}
ROLE_WORDS: Mapping[str, Role] = {
    **{role.value: role for role in Role},
    "受講者": Role.TRAINEE,
    "指導者": Role.SUPERVISOR,
    "運営担当": Role.OPERATOR,
    "認証機関": Role.CERTIFIER,
    "認証担当": Role.CERTIFIER,
    "作成者": Role.AUTHOR,
    "確認者": Role.REVIEWER,
    "管理者": Role.ADMINISTRATOR,
    "監査担当": Role.AUDITOR,
}
_LOCALES = {"ja": "ja", "日本語": "ja", "en": "en", "english": "en", "英語": "en"}
_REQUIRED = (Column.NAME, Column.EMAIL)
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
        columns = _read_head(next(reader, []))
        rows = tuple(_mark_repeated(_read_rows(reader, columns)))
    except csv.Error as error:
        raise PeopleFileError(
            message("Line %(line)d is no row of a CSV file."), line=reader.line_num
        ) from error
    if not rows:
        raise PeopleFileError(message("There is no row below the head."))
    return PeopleFile(sha256(content).hexdigest(), encoding, rows)


def _decode(content: bytes) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content:
        raise PeopleFileError(
            message("This is no CSV file in UTF-8. Save it again as “CSV UTF-8”.")
        )
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise PeopleFileError(
        message("The file is neither UTF-8 nor Shift_JIS. Save it as “CSV UTF-8”.")
    )


def _read_head(cells: list[str]) -> list[Column]:
    columns = []
    for cell in cells:
        head = unicodedata.normalize("NFKC", cell).strip().casefold()
        if head not in HEADS:
            raise PeopleFileError(
                message(
                    "The first line names a column “%(head)s” that is not known. "
                    "Known are: %(known)s."
                ),
                head=cell.strip()[:40],
                known=", ".join(Column),
            )
        columns.append(HEADS[head])
    _check_head(columns)
    return columns


def _check_head(columns: list[Column]) -> None:
    for column in _REQUIRED:
        if column not in columns:
            raise PeopleFileError(
                message("The first line does not name the column “%(column)s”."),
                column=column.value,
            )
    if len(set(columns)) != len(columns):
        raise PeopleFileError(message("The first line names a column twice."))


def _read_rows(reader: Any, columns: list[Column]) -> Iterator[FileRow]:
    count, line = 0, reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            count += 1
            if count > MAX_ROWS:
                raise PeopleFileError(
                    message("The file has more than %(limit)d rows. Split it."),
                    limit=MAX_ROWS,
                )
            yield _read_row(line, cells, columns)
        line = reader.line_num + 1


def _read_row(line: int, cells: list[str], columns: list[Column]) -> FileRow:
    if len(cells) != len(columns):
        fault = Fault(
            message("The row has %(found)d cells, the head has %(wanted)d."),
            {"found": len(cells), "wanted": len(columns)},
        )
        return FileRow(line=line, name=clean_line(cells[0]), faults=(fault,))
    given = {
        column: clean_line(cell) for column, cell in zip(columns, cells, strict=True)
    }
    return FileRow(
        line=line,
        name=given[Column.NAME],
        name_kana=given.get(Column.NAME_KANA, ""),
        email=normalise_address(given[Column.EMAIL]),
        roles=tuple(_roles(given)[0]),
        organisation=given.get(Column.ORGANISATION, ""),
        supervisor=normalise_address(given.get(Column.SUPERVISOR, "")),
        locale=_LOCALES.get(given.get(Column.LOCALE, "").casefold()),
        faults=tuple(_faults(given)),
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


def _faults(given: Mapping[Column, str]) -> Iterator[Fault]:
    for column, cell in given.items():
        if len(cell) > MAX_CELL:
            values = {"column": column.value, "limit": MAX_CELL}
            yield Fault(
                message("“%(column)s” has more than %(limit)d characters."), values
            )
        if has_control(cell):
            yield Fault(
                message("“%(column)s” holds a line end or a control character."),
                {"column": column.value},
            )
    if not given[Column.NAME]:
        yield Fault(message("The name is missing."), {})
    if not is_address(normalise_address(given[Column.EMAIL])):
        yield Fault(message("The e-mail address cannot be used. Correct it."), {})
    yield from _faults_of_words(given)


def _faults_of_words(given: Mapping[Column, str]) -> Iterator[Fault]:
    for word in _roles(given)[1]:
        yield Fault(
            message("“%(word)s” is no role. Roles are: %(known)s."),
            {"word": word[:40], "known": ", ".join(Role)},
        )
    supervisor = given.get(Column.SUPERVISOR, "")
    if supervisor and not is_address(normalise_address(supervisor)):
        yield Fault(message("Name the supervisor by e-mail address."), {})
    locale = given.get(Column.LOCALE, "")
    if locale and locale.casefold() not in _LOCALES:
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
