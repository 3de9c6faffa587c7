"""Figures of an installation: who may have them, and what they tell."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from lms.app import create_app
from lms.audit.services import record_audit
from lms.clock import utc_now
from lms.jobs.services import post_mail
from tests.factories.accounts import make_person

LOCAL = {"REMOTE_ADDR": "127.0.0.1"}


def test_figures_count_requests_by_endpoint_and_hold_no_path(client):
    client.get("/sign-in?target=/secret-place")
    answer = client.get("/metrics", environ_base=LOCAL)
    assert answer.status_code == 200
    assert 'endpoint="accounts.sign_in",method="GET",status="200"' in answer.text
    assert "tsunagu_outbox_waiting 0.0" in answer.text
    assert "tsunagu_audit_unsealed " in answer.text
    assert "tsunagu_requests_in_flight 0.0" in answer.text
    assert "tsunagu_build_info" in answer.text
    assert "secret-place" not in answer.text


@pytest.mark.parametrize(
    "asked",
    [
        {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}},
        {"environ_base": LOCAL, "headers": {"X-Forwarded-For": "192.0.2.7"}},
    ],
    ids=["from elsewhere", "through a proxy"],
)
def test_figures_are_not_for_everybody(client, asked):
    assert client.get("/metrics", **asked).status_code == 404


def test_a_token_opens_the_figures_and_nothing_else_does(settings, database):
    app = create_app(replace(settings, metrics_token="t" * 32), database)
    client = app.test_client()
    for token, status in (("t" * 32, 200), ("t" * 31, 404), ("", 404)):
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.get("/metrics", headers=headers, environ_base=LOCAL)
        assert answer.status_code == status


def test_figures_without_a_database_are_those_of_requests(cut_off):
    answer = cut_off.get("/metrics", environ_base=LOCAL)
    assert answer.status_code == 200
    assert "tsunagu_outbox_waiting" not in answer.text


def test_figures_tell_that_mails_and_seals_are_late(client, session):
    sealed_less = figures(client)["tsunagu_audit_unsealed"]
    person = make_person(session)
    hour_ago = utc_now() - timedelta(hours=1)
    post_mail(session, "greeting", person.id, now=hour_ago)
    record_audit(session, "key.relocked", ("key", uuid4()), actor=uuid4(), now=hour_ago)
    session.commit()
    found = figures(client)
    assert found["tsunagu_outbox_waiting"] == 1
    assert 3600 <= found["tsunagu_outbox_oldest_seconds"] < 7200
    assert found["tsunagu_audit_unsealed"] > sealed_less
    assert found["tsunagu_audit_unsealed_oldest_seconds"] >= 3600


def figures(client):
    """Return what is told without labels, by name."""
    lines = client.get("/metrics", environ_base=LOCAL).text.splitlines()
    plain = (line for line in lines if not line.startswith("#") and "{" not in line)
    return {name: float(value) for name, value in (line.split() for line in plain)}
