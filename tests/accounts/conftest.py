"""Browsers at the door."""

import pytest
from sqlalchemy import select

from lms.accounts.models import SignIn
from lms.audit.models import AuditEvent

PASSWORD = "seven quiet herons"


@pytest.fixture
def browser(app):
    """Make browsers that share nothing."""

    def make(address="192.0.2.1", agent="Mozilla/5.0 (Windows NT) Firefox/140.0"):
        client = app.test_client()
        client.environ_base.update(
            {
                "HTTP_ACCEPT_LANGUAGE": "en",
                "wsgi.url_scheme": "https",
                "REMOTE_ADDR": address,
                "HTTP_USER_AGENT": agent,
            }
        )
        return client

    return make


@pytest.fixture
def stays(session):
    """Return the stays of a person as the database has them now."""

    def read(person):
        session.rollback()  # look anew
        return session.scalars(
            select(SignIn).where(SignIn.person_id == person.id).order_by(SignIn.id)
        ).all()

    return read


def acts_on(session, person):
    """Return what the audit trail says of a person since they were registered."""
    rows = session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.object_id == str(person.subject_id),
            AuditEvent.action != "person.registered",
        )
        .order_by(AuditEvent.id)
    )
    return [(row.action, row.actor_id, row.inputs) for row in rows]


def try_door(client, email, password=PASSWORD, **data):
    return client.post("/sign-in", data={"email": email, "password": password, **data})


def is_inside(client):
    return client.get("/account").status_code == 200


def cookie_of(client):
    return client.get_cookie("__Host-tsunagu", domain="localhost").value


def carry(client, value):
    client.set_cookie("__Host-tsunagu", value, domain="localhost", secure=True)
