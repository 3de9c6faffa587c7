"""Every endpoint says who may call it; roles and strangers get no further."""

from uuid import uuid4

import pytest

from lms.permissions import ROLE_PERMISSIONS, Permission, Role
from lms.web.access import PUBLIC, declared_access
from tests.factories.accounts import make_person

PUBLIC_ENDPOINTS = {
    "static",
    "web.choose_theme",
    "accounts.sign_in",
    "accounts.enter",
    "accounts.enter_demo",
}


def rules(app):
    """Return (rule, method) of every endpoint that is not public."""
    for rule in app.url_map.iter_rules():
        access = declared_access(app.view_functions[rule.endpoint])
        if access != PUBLIC:
            for method in rule.methods & {"GET", "POST"}:
                yield rule, method, access


def address(app, rule, **known):
    """Return an address of a rule with ids that belong to nobody."""
    values = {
        name: known.get(name)
        or (
            uuid4()
            if "UUID" in type(c).__name__
            else 1
            if "Integer" in type(c).__name__
            else "x"
        )
        for name, c in rule._converters.items()
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
