"""What people may do, and which role may do it.

Roles stand in DESIGN's words: a permission names an act, a role is a set of acts.
"""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """The part a person plays; one person may hold several."""

    TRAINEE = "trainee"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
    CERTIFIER = "certifier"
    AUTHOR = "author"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """One act that an endpoint asks for."""

    HOME_SEE = "home:see"
    MODULE_READ = "module:read"
    ITEM_ANSWER = "item:answer"
    CASE_READ = "case:read"
    CASE_PREVIEW = "case:preview"
    DIRECTORY_READ = "directory:read"
    ATTEMPT_PLAY = "attempt:play"
    RECORD_SEE_OWN = "record:see_own"
    RECORD_SEE_LEARNER = "record:see_learner"
    SHEET_WRITE = "grading:sheet:write"
    COHORT_SEE = "cohort:see"
    COHORT_ADMINISTER = "cohort:administer"
    PACK_PREPARE = "decision:pack:prepare"
    PACK_SEE = "decision:pack:see"
    DECISION_RECORD = "decision:record"
    CREDENTIAL_ISSUE = "credential:issue"
    CREDENTIAL_REVOKE = "credential:revoke"
    RECORD_EXPORT = "record:export"
    CREDENTIAL_SEE_OWN = "credential:see_own"
    CONTENT_SEE = "content:see"
    AUDIT_READ = "audit:read"
    ACCOUNT_KEEP_OWN = "account:keep_own"
    DATA_SEE_OWN = "data:see_own"
    PEOPLE_SEE = "people:see"
    PEOPLE_ADMINISTER = "people:administer"
    PERSON_ERASE = "person:erase"


_EVERYBODY = frozenset(
    {Permission.HOME_SEE, Permission.ACCOUNT_KEEP_OWN, Permission.DATA_SEE_OWN}
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.TRAINEE: _EVERYBODY
    | {
        Permission.MODULE_READ,
        Permission.ITEM_ANSWER,
        Permission.CASE_READ,
        Permission.DIRECTORY_READ,
        Permission.ATTEMPT_PLAY,
        Permission.RECORD_SEE_OWN,
        Permission.CREDENTIAL_SEE_OWN,
    },
    Role.SUPERVISOR: _EVERYBODY
    | {
        Permission.MODULE_READ,
        Permission.CASE_READ,
        Permission.DIRECTORY_READ,
        Permission.SHEET_WRITE,
        Permission.RECORD_SEE_LEARNER,
    },
    Role.OPERATOR: _EVERYBODY
    | {Permission.COHORT_SEE, Permission.COHORT_ADMINISTER, Permission.PACK_PREPARE},
    Role.CERTIFIER: _EVERYBODY
    | {
        Permission.COHORT_SEE,
        Permission.PACK_PREPARE,
        Permission.PACK_SEE,
        Permission.DECISION_RECORD,
        Permission.CREDENTIAL_ISSUE,
        Permission.CREDENTIAL_REVOKE,
        Permission.RECORD_SEE_LEARNER,
        Permission.RECORD_EXPORT,
    },
    Role.AUTHOR: _EVERYBODY
    | {
        Permission.MODULE_READ,
        Permission.CASE_READ,
        Permission.CASE_PREVIEW,
        Permission.DIRECTORY_READ,
        Permission.CONTENT_SEE,
    },
    Role.REVIEWER: _EVERYBODY
    | {
        Permission.MODULE_READ,
        Permission.CASE_READ,
        Permission.CASE_PREVIEW,
        Permission.DIRECTORY_READ,
        Permission.CONTENT_SEE,
    },
    Role.ADMINISTRATOR: _EVERYBODY
    | {
        Permission.PEOPLE_SEE,
        Permission.PEOPLE_ADMINISTER,
        Permission.PERSON_ERASE,
    },
    Role.AUDITOR: _EVERYBODY | {Permission.AUDIT_READ},
}


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return everything that the holder of `roles` may do.

    Whoever holds none can still sign out and see what is held about them.
    """
    return _EVERYBODY.union(*(ROLE_PERMISSIONS[role] for role in roles))
