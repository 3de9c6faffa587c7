"""Every endpoint says who may call it; roles and strangers get no further."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.accounts.models import SignIn
from lms.accounts.sign_ins import digest_of
from lms.credentials.models import Credential
from lms.decisions.models import Decision
from lms.demo.setup import make_cohort
from lms.permissions import ROLE_PERMISSIONS, Permission, Role
from lms.programme.models import Enrolment
from lms.simulation.models import Attempt
from lms.web.access import PUBLIC, declared_access
from tests.factories.accounts import make_person
from tests.factories.sign_ins import open_stay


def rules(app):
    """Return (rule, method) of every endpoint that is not public."""
    for rule in app.url_map.iter_rules():
        access = declared_access(app.view_functions[rule.endpoint])
        if access != PUBLIC:
            for method in rule.methods & {"GET", "POST"}:
                yield rule, method, access


def some_value(converter):
    """Return a value that a part of an address takes, and that belongs to nobody."""
    kind = type(converter).__name__
    if kind == "AnyConverter":
        return next(iter(converter.items))
    return {"UUIDConverter": uuid4(), "IntegerConverter": 1}.get(kind, "x")


def address(app, rule, **known):
    """Return an address of a rule, with ids that are not known made up."""
    values = {
        name: known.get(name, some_value(converter))
        for name, converter in rule._converters.items()
    }
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def test_every_endpoint_declares_its_access(app):
    for endpoint, view in app.view_functions.items():
        access = declared_access(view)
        assert access == PUBLIC or access in set(Permission), endpoint


def test_signed_out_readers_are_led_to_sign_in_everywhere(app, client):
    for rule, method, _access in rules(app):
        answer = client.open(address(app, rule), method=method)
        assert answer.status_code == 303, (rule, method)
        assert "/sign-in" in answer.location


@pytest.mark.parametrize("role", list(Role))
def test_roles_without_the_permission_are_refused(app, client, session, sign_in, role):
    person = make_person(session, role)
    for rule, method, access in rules(app):
        sign_in(person)  # again each time: one of the rules signs out
        answer = client.open(address(app, rule), method=method)
        if access not in ROLE_PERMISSIONS[role]:
            assert answer.status_code == 403, (rule, method, role)
        else:
            assert answer.status_code < 500, (rule, method, role)


def test_every_post_without_a_token_is_refused(app, client, session, sign_in):
    app.config["WTF_CSRF_ENABLED"] = True
    person = make_person(session, *Role)
    sign_in(person)
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in rule.methods]
    assert posts
    for rule in posts:
        answer = client.post(address(app, rule))
        assert answer.status_code == 400, rule


def test_security_headers_on_every_answer(client):
    for path in ("/sign-in", "/nothing-here", "/static/tokens.css"):
        with client.get(path) as answer:
            headers = answer.headers
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


# What the pages of a package are about, and the part of an address that names it.
OWNED = {
    "account": ("stay", "public_id"),
    "simulation": ("attempt", "public_id"),
    "grading": ("attempt", "work_id"),
    "competency": ("subject", "subject_id"),
    "credentials": ("credential", "public_id"),
}


def names_something(rule):
    """Say whether an address holds the random id of a thing."""
    return any(
        type(row).__name__ == "UUIDConverter" for row in rule._converters.values()
    )


def words_of(answer):
    """Return a page without ids and tokens, which differ each time."""
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", answer.text)
    return re.sub(r'(name="csrf_token" value=|data-csrf-token=)"[^"]*"', "", page)


@pytest.fixture
def cohort(session, database, library, settings):
    """A cohort in which every kind of thing belongs to somebody."""
    make_cohort(database, library, settings)
    enrolment = session.scalar(select(Enrolment).where(Enrolment.number == "8-05"))
    attempt = session.scalar(
        select(Attempt).where(Attempt.subject_id == enrolment.subject_id)
    )
    decision = session.scalar(
        select(Decision).where(Decision.subject_id == enrolment.subject_id)
    )
    credential = session.scalar(
        select(Credential).where(Credential.subject_id == enrolment.subject_id)
    )
    other = make_person(session)
    stay = open_stay(database, other)
    return {
        "stay": session.scalar(
            select(SignIn.public_id).where(SignIn.digest == digest_of(stay))
        ),
        "subject": enrolment.subject_id,
        "attempt": attempt.public_id,
        "decision": decision.public_id,
        "credential": credential.public_id,
    }


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.SUPERVISOR])
def test_things_of_other_people_are_not_found(
    app, client, session, sign_in, cohort, role
):
    stranger = make_person(session, role)
    asked = 0
    for rule, method, access in rules(app):
        if access not in ROLE_PERMISSIONS[role] or not names_something(rule):
            continue
        thing, name = OWNED[rule.endpoint.split(".")[0]]  # a new one is named there
        sign_in(stranger)
        found = client.open(address(app, rule, **{name: cohort[thing]}), method=method)
        missing = client.open(address(app, rule, **{name: uuid4()}), method=method)
        assert found.status_code == missing.status_code == 404, (rule, method)
        assert words_of(found) == words_of(missing), (rule, method)
        asked += 1
    assert asked >= 5
