"""Sign-in over, token stale, database away: what was typed comes back."""

import re
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from lms.accounts.kept_forms import KEPT_FOR, MOST_FORMS, forget_kept_forms
from lms.accounts.models import KeptForm, SignIn
from lms.clock import utc_now
from lms.privacy.services.erasure import Act, erase_again
from lms.simulation.models import AttemptAction
from tests.conftest import NOON
from tests.factories.accounts import make_person
from tests.simulation.playing import play_to
from tests.web.hidden import hidden_fields

OWN = {"Origin": "https://localhost"}
TEXT = "本人の同意を得て、住まいの窓口に一緒に電話する。"


@pytest.fixture
def learner(session, sign_in):
    person = make_person(session)
    sign_in(person)
    return person


@pytest.fixture
def scene(client, learner, session, library):
    case = library.get_current(session, "case", "rent-letter").content
    return play_to(client, case, "free_text")


@pytest.fixture
def sent(scene):
    return {
        "position": scene.rsplit("/", 1)[1],
        "action_id": str(uuid4()),
        "scene": "plan",
        "text": TEXT,
        "language": "ja",
    }


def end_stays(session):
    session.execute(update(SignIn).values(ended_at=utc_now()))
    session.commit()


def kept(session):
    session.expire_all()
    return session.scalars(select(KeptForm).order_by(KeptForm.id)).all()


def count_actions(session):
    session.expire_all()
    return len(session.scalars(select(AttemptAction)).all())


def carried(html):
    """Return what the form of a page would send that shows nothing of it."""
    return hidden_fields(html.split("<main")[1].split("</main>")[0])


def test_text_sent_after_the_sign_in_ended_comes_back_to_its_page(
    client, session, sign_in, learner, scene, sent
):
    before = count_actions(session)
    end_stays(session)
    answer = client.post(scene, data=sent, headers=OWN)
    assert answer.status_code == 303
    assert answer.location == "/sign-in?target=/kept"
    assert "送った内容は控えてあります" in client.get(answer.location).text
    sign_in(learner)
    assert 'href="/kept"' in client.get("/").text
    page = client.get("/kept").text
    assert TEXT in page
    assert f'action="{scene}"' in page
    fields = carried(page) | {"refill": "1"}
    shown = client.post(scene, data=fields, headers=OWN)
    assert shown.status_code == 422
    assert TEXT in shown.text
    assert "まだ送られていません" in shown.text
    assert count_actions(session) == before
    assert len(kept(session)) == 1
    again = sent | {"text": TEXT * 4}
    assert client.post(scene, data=again, headers=OWN).status_code == 303
    assert count_actions(session) == before + 1
    assert kept(session) == []
    assert 'href="/kept"' not in client.get("/").text


def test_what_is_sent_elsewhere_leaves_what_is_kept(
    client, session, sign_in, learner, scene, sent
):
    end_stays(session)
    client.post(scene, data=sent, headers=OWN)
    client.post("/account", data={"locale": "ja"}, headers=OWN)
    sign_in(learner)
    client.get("/kept")
    assert client.post("/theme", data={"theme": "dark"}).status_code == 303
    assert len(kept(session)) == 2
    whole = sent | {"text": TEXT * 4}
    assert client.post(scene, data=whole, headers=OWN).status_code == 303
    assert [row.path for row in kept(session)] == ["/account"]


def test_what_no_database_stores_costs_nothing_else_of_a_kept_form(
    client, session, sign_in, learner, scene, sent
):
    end_stays(session)
    data = {**sent, "text": f"{TEXT}\x00\x07", "no\x00te": "そのほか"}
    assert client.post(scene, data=data, headers=OWN).location.endswith("/kept")
    (row,) = kept(session)
    assert row.fields == {name: [text] for name, text in sent.items()} | {
        "note": ["そのほか"]
    }


def test_what_was_kept_is_shown_to_its_sender_alone(
    client, session, sign_in, scene, sent
):
    end_stays(session)
    client.post(scene, data=sent, headers=OWN)
    sign_in(make_person(session))
    assert client.get("/kept").location == "/"
    assert len(kept(session)) == 1
    client.post("/kept")
    assert len(kept(session)) == 1


def test_nothing_is_kept_from_another_site_or_an_unknown_browser(
    client, app, session, scene, sent
):
    end_stays(session)
    for headers in ({}, {"Origin": "https://elsewhere.example"}):
        assert client.post(scene, data=sent, headers=headers).location == "/sign-in"
    stranger = app.test_client()
    assert stranger.post(scene, data=sent, headers=OWN).location == "/sign-in"
    assert kept(session) == []


def test_forms_with_a_secret_are_never_kept(client, session, learner):
    end_stays(session)
    data = {"current": "x", "password": "secret words", "again": "secret words"}
    client.post("/account/password", data=data, headers=OWN)
    assert kept(session) == []


def test_few_forms_are_kept_and_none_that_is_too_large(client, session, scene, sent):
    end_stays(session)
    for number in range(MOST_FORMS + 2):
        client.post(scene, data=sent | {"text": f"下書き {number}"}, headers=OWN)
    client.post(scene, data=sent | {"text": "長" * 70_000}, headers=OWN)
    texts = [row.fields["text"][0] for row in kept(session)]
    assert texts == [f"下書き {number}" for number in range(2, MOST_FORMS + 2)]


def test_kept_forms_go_when_asked_after_a_day_and_with_the_person(
    client, session, sign_in, learner, scene, sent
):
    def keep_one():
        end_stays(session)
        client.post(scene, data=sent | {"text": str(uuid4())}, headers=OWN)
        (row,) = kept(session)
        sign_in(learner)
        return row

    keep_one()
    client.post("/kept")
    assert kept(session) == []
    row = keep_one()
    row.kept_at = utc_now() - KEPT_FOR - timedelta(seconds=1)
    session.commit()
    assert client.get("/kept").status_code == 303
    assert forget_kept_forms(session, utc_now() - KEPT_FOR) == 1
    session.commit()
    keep_one()
    erase_again(session, learner.subject_id, Act(actor=None, now=NOON))
    session.commit()
    assert kept(session) == []


def test_script_is_told_that_the_sign_in_ended(client, session, scene):
    end_stays(session)
    answer = client.post(f"{scene}/draft", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert kept(session) == []


def test_stale_token_shows_the_form_again_with_a_fresh_one(
    app, client, session, scene, sent
):
    app.config["WTF_CSRF_ENABLED"] = True
    before = count_actions(session)
    shown = client.post(scene, data=sent | {"csrf_token": "old"}, headers=OWN)
    assert shown.status_code == 422
    assert TEXT in shown.text
    assert "画面を開いてから時間がたったか" in shown.text
    assert count_actions(session) == before
    token = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', shown.text)[1]
    again = sent | {"text": TEXT * 4, "csrf_token": token}
    assert client.post(scene, data=again, headers=OWN).status_code == 303
    assert count_actions(session) == before + 1


def test_page_of_somebody_else_is_not_sent_in_the_readers_name(
    app, client, session, sign_in, learner, scene, sent
):
    app.config["WTF_CSRF_ENABLED"] = True
    page = client.get(scene).text
    token = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', page)[1]
    before = count_actions(session)
    sign_in(make_person(session, name="見本 次郎"))
    answer = client.post(scene, data=sent | {"csrf_token": token}, headers=OWN)
    assert answer.status_code == 400
    assert "見本 次郎さんとしてサインインしています" in answer.text
    assert TEXT in answer.text
    assert "<form" not in answer.text.split("<main")[1].split("</main>")[0]
    assert count_actions(session) == before
    sign_in(learner)  # the token is of another stay, and of the same reader
    shown = client.post(scene, data=sent | {"csrf_token": token}, headers=OWN)
    assert shown.status_code == 422
    assert TEXT in shown.text


def test_whoever_signed_out_meanwhile_is_told_to_sign_in(
    app, client, session, learner, scene, sent
):
    page = client.get(scene).text
    token = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', page)[1]
    client.post("/sign-out")
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post(scene, data=sent | {"csrf_token": token}, headers=OWN)
    assert answer.status_code == 400
    assert "サインインして" in answer.text
    assert TEXT in answer.text


@pytest.mark.parametrize(("missing", "status"), [(700, 400), (0, 303)])
def test_a_form_that_breaks_off_on_its_way_is_refused_whole(
    client, session, scene, sent, missing, status
):
    before = count_actions(session)
    whole = urlencode(sent | {"text": TEXT * 4}).encode()
    answer = client.post(
        scene,
        input_stream=BytesIO(whole),
        content_type="application/x-www-form-urlencoded",
        headers=OWN,
        environ_overrides={
            "CONTENT_LENGTH": str(len(whole) + missing),
            "wsgi.input_terminated": True,  # as gunicorn says of every body
        },
    )
    assert answer.status_code == status
    assert count_actions(session) == before + (status == 303)


def test_stale_token_of_a_page_that_is_not_ones_own_shows_only_the_words(
    app, client, session, sign_in, scene, sent
):
    app.config["WTF_CSRF_ENABLED"] = True
    sign_in(make_person(session))
    answer = client.post(scene, data=sent, headers=OWN)
    assert answer.status_code == 400
    assert TEXT in answer.text
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert TEXT not in client.post(scene, data=sent, headers=elsewhere).text


def test_no_act_of_any_form_happens_while_it_is_only_shown_again(
    client, session, learner
):
    answer = client.post("/cases/rent-letter/attempts", data={"refill": "1"})
    assert answer.status_code == 400
    assert client.post("/sign-out", data={"refill": "1"}).status_code == 400
    assert client.get("/").status_code == 200


@pytest.fixture
def away(engine):
    """Let every statement of a session fail as a database that is gone would."""

    def switch(error):
        def fail(_connection, _cursor, statement, *_rest):
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                raise error

        event.listen(engine, "before_cursor_execute", fail)
        undo.append(fail)

    undo = []
    yield switch
    for fail in undo:
        event.remove(engine, "before_cursor_execute", fail)


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT", {}, Exception("gone")),
        InterfaceError("SELECT", {}, Exception("gone")),
        PoolTimeoutError("no connection in time"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_database_that_is_away_gives_a_calm_page_that_asks_it_for_nothing(
    client, engine, scene, sent, away, error
):
    away(error)
    page = client.get(scene)
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "5"
    assert f'href="{scene}"' in page.text
    assert "もう一度開いて" in page.text
    answer = client.post(scene, data=sent, headers=OWN)
    assert answer.status_code == 503
    assert "もう一度送って" in answer.text
    assert f'action="{scene}"' in answer.text
    assert carried(answer.text) == sent
    script = client.post(f"{scene}/draft", headers={"Accept": "application/json"})
    assert script.status_code == 503
    assert script.json["text"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing-here"),
        ("GET", "/theme"),
        ("POST", "/theme"),
        ("POST", "/nothing-here"),
    ],
)
def test_a_refusal_is_calm_too_while_nobody_can_say_who_reads_it(
    app, client, learner, away, method, path
):
    app.config["WTF_CSRF_ENABLED"] = True
    away(OperationalError("SELECT", {}, Exception("gone")))
    answer = client.open(path, method=method, data={"theme": "dark"}, headers=OWN)
    assert answer.status_code == 503
    assert "一時的にシステムにつながりません" in answer.text


def test_stay_is_told_and_goes_on(client, learner):
    said = client.get("/session", headers={"Accept": "application/json"})
    assert 3000 < said.json["seconds"] <= 3600
    assert said.json["csrf_token"]
    assert int(said.headers["X-Stay-Seconds"]) == said.json["seconds"]
    home = client.get("/").text
    assert f'data-person="{said.json["person"]}"' in home
    assert "data-stay-notice" in home
    client.post("/sign-out")
    assert "data-stay-notice" not in client.get("/sign-in").text
