"""The words of a list of people: heads of columns, roles and languages."""

from collections.abc import Mapping
from enum import StrEnum

from lms.errors import message
from lms.permissions import Role


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
    "認証担当": Role.CERTIFIER,
    "認証機関": Role.CERTIFIER,
    "作成者": Role.AUTHOR,
    "確認者": Role.REVIEWER,
    "管理者": Role.ADMINISTRATOR,
    "監査担当": Role.AUDITOR,
}
LOCALES = {"ja": "ja", "日本語": "ja", "en": "en", "english": "en", "英語": "en"}
REQUIRED: Mapping[Column, str] = {
    Column.NAME: message("The first line does not name the column “name”."),
    Column.EMAIL: message("The first line does not name the column “email”."),
}
# The catalogues name columns and roles in their language; a test holds them complete.
UNKNOWN_HEAD = message(
    "The first line names a column “%(head)s” that is not known. Known are: "
    "name, kana, email, roles, organisation, supervisor, language. "
    "Cells are separated by commas, and the file is in UTF-8 or Shift_JIS."
)
NO_ROLE = message(
    "“%(word)s” is no role. Roles are: trainee, supervisor, operator, certifier, "
    "author, reviewer, administrator, auditor."
)
