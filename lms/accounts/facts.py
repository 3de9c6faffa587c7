"""Roles against the trail: who was given which, when and by whom, and when it ended.

Whoever writes a role into the database may decide and issue from then on, through the
product and with acts of their own: of a certificate alone it could not be seen.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person, RoleGrant
from lms.audit.facts import FactFault, FactFaultKind, unlike, uuid_or_none
from lms.audit.queries.acts import Act, find_acts, walk_acts
from lms.audit.queries.stored import Stored, read_stored, walk_stored

_TABLE = "role_grants"
_REGISTERED, _TAKEN = "person.registered", "role.revoked"
_ACTIONS = (_REGISTERED, "role.granted", _TAKEN)
_GRANTS = select(
    RoleGrant.id,
    RoleGrant.role,
    RoleGrant.granted_at,
    RoleGrant.granted_by,
    RoleGrant.revoked_at,
    RoleGrant.revoked_by,
    Person.subject_id,
).outerjoin(Person, Person.id == RoleGrant.person_id)


class RoleFacts:
    """Every role that somebody holds or held; why is not in the trail."""

    def __init__(self) -> None:
        self.count = 0

    def faults(self, session: Session) -> Iterator[FactFault]:
        """Hold every role against its acts, and every act against the roles."""
        for rows in walk_stored(session, _GRANTS, RoleGrant.id):
            self.count += len(rows)
            people = {str(row["subject_id"]) for row in rows}
            acts = find_acts(session, "person", people, _ACTIONS)
            for row in rows:
                yield from _hold(row, acts.get(str(row["subject_id"]), []))
        for given in walk_acts(session, "person", _ACTIONS):
            yield from _list_missing(session, given)


def _hold(row: Stored, acts: Iterable[Act]) -> Iterator[FactFault]:
    """Hold one role against what was done to its holder, oldest first."""
    own = [act for act in acts if row["role"] in _roles_of(act)]
    given = next((act for act in own if _is_giving(act, row)), None)
    name = _name(row["subject_id"], row["role"])
    if given is None:
        yield FactFault(FactFaultKind.ADDED, _TABLE, name)
        return
    at = row["revoked_at"]
    taken = next((act for act in own if act.action == _TAKEN and act.at == at), None)
    # One that is held still is the last that was heard of this role.
    ends = _is_giving(own[-1], row) if at is None else taken is not None
    pairs = {
        "granted_by": (row["granted_by"], given.actor_id),
        "revoked_at": (ends, True),
        "revoked_by": (row["revoked_by"], taken.actor_id if taken else None),
    }
    for what in unlike(pairs):
        yield FactFault(FactFaultKind.CHANGED, _TABLE, name, what)


def _list_missing(session: Session, acts: Sequence[Act]) -> Iterator[FactFault]:
    """Find roles that were given, or taken away, and of which no row says so."""
    people = {uuid_or_none(act.object_id) for act in acts} - {None}
    rows = read_stored(session, _GRANTS.where(Person.subject_id.in_(people)))
    moments = {
        "granted_at": {
            (str(r["subject_id"]), r["role"], r["granted_at"]) for r in rows
        },
        "revoked_at": {
            (str(r["subject_id"]), r["role"], r["revoked_at"]) for r in rows
        },
    }
    for act in acts:
        column = "revoked_at" if act.action == _TAKEN else "granted_at"
        for role in _roles_of(act):
            if (act.object_id, role, act.at) not in moments[column]:
                name = _name(act.object_id, role)
                yield FactFault(FactFaultKind.MISSING, _TABLE, name, column)


def _is_giving(act: Act, row: Stored) -> bool:
    return act.action != _TAKEN and act.at == row["granted_at"]


def _roles_of(act: Act) -> tuple[Any, ...]:
    """Return the roles that an act gave or took."""
    if act.action != _REGISTERED:
        return (act.inputs.get("role"),)
    roles = act.inputs.get("roles")
    return tuple(roles) if isinstance(roles, list) else ()


def _name(subject_id: Any, role: Any) -> str:
    return f"{role} of {subject_id}"
