"""Logs: one line an event, with the request's number and nothing that people typed."""

import io
import json
import logging
import re
import sys
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from lms.logs import FORMATS, configure_logging, make_formatter
from lms.permissions import Role
from lms.web.access import public
from tests.factories.accounts import make_person

NAME = "例示花子"
EMAIL = "hanako-secret@test.example"
WORDS = "だれにも見せない文章"
TOKEN = "secret-of-a-mailed-link"


@contextmanager
def logging_to(stream, shape):
    handler = logging.StreamHandler(stream)
    handler.setFormatter(make_formatter(shape))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel("DEBUG")
    yield
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def log(app):
    """Everything that is logged, as the product writes it."""
    stream = io.StringIO()
    with logging_to(stream, "json"):
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_line_with_its_endpoint_and_number(client, log):
    answer = client.get("/sign-in")
    (line,) = [row for row in log() if row["logger"] == "lms.request"]
    assert line["endpoint"] == "accounts.sign_in"
    assert line["status"] == 200
    assert line["ms"] >= 0
    assert line["request_id"] == answer.headers["X-Request-ID"]


def test_nothing_personal_is_in_any_line(app, client, session, sign_in, log):
    @app.get("/fails/<word>")
    def _fails(word):
        raise ValueError(f"cannot use {WORDS} {word}")

    public(_fails)
    person = make_person(session, Role.TRAINEE, name=NAME, email=EMAIL)
    sign_in(person)
    client.get("/")
    client.get(f"/competencies/?on={WORDS}")
    client.post("/sign-in", data={"email": EMAIL, "password": WORDS})
    client.post("/role", data={"role": NAME})
    client.get(f"/modules/{NAME}")
    client.get(f"/sign-in/invitation/{TOKEN}")
    client.post(f"/sign-in/invitation/{TOKEN}", data={"password": WORDS})
    client.post("/sign-in/forgotten", data={"email": EMAIL})
    client.post(f"/no/such/page?{WORDS}", data={"note": WORDS})
    failed = client.get(f"/fails/{NAME}")
    assert failed.status_code == 500
    whole = json.dumps(log(), ensure_ascii=False)
    assert len(log()) >= 10
    for secret in (NAME, EMAIL, WORDS, TOKEN, "hanako"):
        assert secret not in whole


def test_a_fault_is_logged_with_class_and_frames_and_its_number_is_on_the_page(
    app, client, log
):
    @app.get("/fails")
    def _fails():
        raise LookupError(WORDS)

    public(_fails)
    answer = client.get("/fails")
    (line,) = [row for row in log() if row["event"] == "request failed"]
    assert line["exception"][0]["type"] == "LookupError"
    assert any("test_logs.py" in frame for frame in line["exception"][0]["frames"])
    assert line["request_id"] in answer.get_data(as_text=True)


@pytest.mark.parametrize("shape", FORMATS)
def test_a_fault_and_what_led_to_it_are_logged_in_both_shapes_without_their_words(
    app, client, capsys, shape
):
    @app.get("/fails")
    def _fails():
        try:
            raise LookupError(WORDS)
        except LookupError as error:
            raise ValueError(WORDS) from error

    public(_fails)
    stream = io.StringIO()
    with logging_to(stream, shape):
        assert client.get("/fails").status_code == 500
    logged = stream.getvalue()
    assert logged.index("ValueError") < logged.index("LookupError")
    assert re.search(r"test_logs\.py:\d+ _fails", logged)
    assert WORDS not in logged
    assert capsys.readouterr().err == ""  # where Python tells of a log that failed


def test_a_database_error_quotes_no_values(session, log):
    person = make_person(session, name=NAME, email=EMAIL)
    statement = text(
        "INSERT INTO profiles (person_id, name, name_kana, email) "
        "VALUES (:person, :name, '', :email)"
    )
    values = {"person": person.id, "name": WORDS, "email": EMAIL}
    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        session.execute(statement, values)
    assert WORDS not in str(caught.value)
    logging.getLogger("lms").error("it failed", exc_info=caught.value)
    whole = json.dumps(log(), ensure_ascii=False)
    assert "IntegrityError" in whole
    assert EMAIL not in whole
    assert WORDS not in whole


def test_text_form_is_for_people():
    record = logging.LogRecord(
        "lms", logging.WARNING, "", 0, "mail %s", ("sent",), None
    )
    line = make_formatter("text").format(record)
    assert "mail sent" in line
    assert "warning" in line


def test_what_ends_a_process_is_a_line_without_its_words():
    stream = io.StringIO()
    configure_logging("INFO", "json", stream=stream)
    error = ValueError(WORDS)
    sys.excepthook(ValueError, error, None)
    line = json.loads(stream.getvalue())
    assert (line["level"], line["exception"][0]["type"]) == ("critical", "ValueError")
    assert WORDS not in stream.getvalue()


def test_text_is_in_colour_on_a_terminal_only():
    record = logging.LogRecord("lms", logging.WARNING, "", 0, "sent", (), None)
    assert "\x1b[" in make_formatter("text", in_colour=True).format(record)
    assert "\x1b[" not in make_formatter("text").format(record)
