"""What happened to credentials after their issue, against the trail."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.facts import FactFault, FactFaultKind, digest_or_none, unlike
from lms.audit.queries.acts import Act, find_acts
from lms.audit.queries.stored import UNREADABLE, Stored, read_stored, walk_stored
from lms.credentials.domain.state import EventKind, reason_document
from lms.credentials.models import Credential, CredentialEvent

_TABLE = "credential_events"
_EVENT_OF = {f"credential.{kind.value}": kind.value for kind in EventKind}
_CREDENTIALS = select(Credential.id, Credential.public_id)
_EVENTS = select(
    CredentialEvent.id,
    CredentialEvent.credential_id,
    CredentialEvent.position,
    CredentialEvent.event,
    CredentialEvent.at,
    CredentialEvent.by,
    CredentialEvent.reason,
    CredentialEvent.with_certificate,
)


class StateFacts:
    """Revoked, suspended, restored: the state of a credential follows from these."""

    def __init__(self) -> None:
        self.count = 0

    def faults(self, session: Session) -> Iterator[FactFault]:
        """Hold the history of every credential against the acts that made it."""
        for rows in walk_stored(session, _CREDENTIALS, Credential.id):
            names = {row["id"]: _name_of(row) for row in rows}
            acts = find_acts(session, "credential", names.values(), _EVENT_OF)
            events = _events_of(session, names)
            for number, name in names.items():
                self.count += len(events[number])
                yield from _hold(name, events[number], acts.get(name, []))
        lost = _EVENTS.outerjoin(
            Credential, Credential.id == CredentialEvent.credential_id
        ).where(Credential.id.is_(None))
        for rows in walk_stored(session, lost, CredentialEvent.id):
            for row in rows:
                name = f"of credential {row['credential_id']}"
                yield FactFault(FactFaultKind.ADDED, _TABLE, name, "credential_id")


def _name_of(row: Stored) -> str:
    public_id = row["public_id"]
    return "unreadable" if public_id is UNREADABLE else str(public_id)


def _events_of(
    session: Session, numbers: dict[int, str]
) -> defaultdict[int, list[Stored]]:
    found: defaultdict[int, list[Stored]] = defaultdict(list)
    of_them = CredentialEvent.credential_id.in_(list(numbers))
    for row in read_stored(session, _EVENTS.where(of_them)):
        found[row["credential_id"]].append(row)
    return found


def _hold(
    name: str, events: Sequence[Stored], acts: Sequence[Act]
) -> Iterator[FactFault]:
    """Pair rows and acts by their place in the history of one credential."""
    places: defaultdict[Any, list[Act]] = defaultdict(list)
    for act in acts:
        places[act.inputs.get("position")].append(act)
    for row in events:
        own = places.pop(row["position"], [])
        where = f"event {_shown(row['position'])}"
        if not own:
            yield FactFault(FactFaultKind.ADDED, _TABLE, name, where)
        for act in own:  # a second one cannot fit as well
            for what in _differences(row, act):
                yield FactFault(FactFaultKind.CHANGED, _TABLE, name, f"{where}: {what}")
        if len(own) > 1:
            what = f"{where}: recorded twice"
            yield FactFault(FactFaultKind.CHANGED, _TABLE, name, what)
    for place, gone in places.items():
        where = f"event {place}, {_EVENT_OF[gone[0].action]}"
        yield FactFault(FactFaultKind.MISSING, _TABLE, name, where)


def _differences(row: Stored, act: Act) -> Iterator[str]:
    given = act.inputs
    yield from unlike(
        {
            "event": (row["event"], _EVENT_OF[act.action]),
            "at": (row["at"], act.at),
            "by": (row["by"], act.actor_id),
            "with_certificate": (row["with_certificate"], "certificate" in given),
        }
    )
    if "digest" in given:  # recorded since 2026-11-28
        digest = digest_or_none(reason_document(row["reason"]))
        yield from unlike({"reason": (digest, given["digest"])})


def _shown(position: Any) -> str:
    return "unreadable" if position is UNREADABLE else str(position)
