"""Every form of every role, filled as a broken or hostile page would fill it."""

from io import BytesIO
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.accounts.models import Person, Profile
from lms.demo.acts import recorded_play
from lms.demo.setup import make_cohort
from lms.demo.stage import CAREFUL_PLAY
from lms.permissions import Role
from lms.simulation.played import read_attempt
from lms.simulation.replaying import replay
from lms.simulation.services import Act, act, start_attempt
from tests.conftest import NOON
from tests.factories.accounts import make_person
from tests.fuzz.budget import FUZZ, examples
from tests.fuzz.forms import HOSTILE, crawl, fillings
from tests.fuzz.writes import watching

pytestmark = pytest.mark.fuzz
DEMO = ("trainee", "learner4", "learner5", "supervisor", "certifier", "operator")
# What a refused sign-in leaves behind is wanted: it is counted, not lost.
SIGNS_OUT = ("/sign-out", "/sign-in")


@pytest.fixture
def people(session, database, library, settings):
    """The demo's people by e-mail name, and one of each role besides."""
    make_cohort(database, library, settings)
    rows = session.execute(select(Profile.email, Person).join(Person))
    found = {email.split("@")[0]: person for email, person in rows}
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.REVIEWER):
        found.setdefault(role.value, make_person(session, role))
    return found


def pause_at(session, library, person, kind):
    """Let a person play the case as far as the first scene with this kind of task."""
    version = library.get_current(session, "case", "rent-letter")
    attempt = start_attempt(session, version, person.subject_id, now=NOON)
    for position, action in enumerate(recorded_play(version.content, CAREFUL_PLAY)):
        scene = version.content.scenes[
            replay(version.content, read_attempt(session, attempt.public_id)).scene
        ]
        if scene.kind == kind or (scene.kind == "task" and scene.task.kind == kind):
            break
        step = Act(
            position=position,
            action_id=uuid4(),
            action=action,
            language="ja",
            now=NOON,
            day=NOON.date(),
        )
        act(session, library, read_attempt(session, attempt.public_id), step)
    session.commit()
    return f"/attempts/{attempt.public_id}"


@pytest.mark.parametrize("kind", ["talk", "triage", "referral", "free_text"])
def test_no_answer_to_a_scene_can_be_made_to_fail(
    client, sign_in, people, engine, session, library, kind
):
    place = pause_at(session, library, people["trainee"], kind)
    sign_in(people["trainee"])
    forms = [form for form in crawl(client, place, pages=1) if place in form.action]
    assert forms

    @settings(FUZZ, max_examples=examples(40))
    @given(data=st.data())
    def fuzz(data):
        filling = data.draw(fillings(forms[0]))
        with watching(engine) as watch:
            answer = post(client, forms[0].action, filling)
        assert answer.status_code < 500, filling
        if answer.status_code >= 400:
            assert not watch.kept, (filling, watch.kept)

    fuzz()


def post(client, path, filling):
    body = urlencode(filling, doseq=True, errors="surrogatepass")
    return client.post(
        path, data=body, content_type="application/x-www-form-urlencoded"
    )


@pytest.mark.parametrize(
    "name",
    [
        *DEMO,
        "administrator",
        "auditor",
        # the most pages, and each check of a case searches it
        pytest.param("reviewer", marks=pytest.mark.slow),
    ],
)
def test_no_form_can_be_made_to_fail_or_to_write_by_halves(
    client, sign_in, people, engine, name
):
    sign_in(people[name])
    forms = [form for form in crawl(client) if form.action not in SIGNS_OUT]
    assert forms

    @settings(FUZZ, max_examples=examples(12 * min(len(forms), 12)))
    @given(data=st.data())
    def fuzz(data):
        form = data.draw(st.sampled_from(forms))
        filling = data.draw(fillings(form))
        sign_in(people[name])
        with watching(engine) as watch:
            answer = post(client, form.action, filling)
        assert answer.status_code < 500, (form.action, filling)
        if answer.status_code >= 400:
            assert not watch.kept, (form.action, filling, watch.kept)
            assert "Traceback" not in answer.get_data(as_text=True)

    fuzz()


@pytest.mark.parametrize("body", [b"\xff\xfe=\xff", b"=&=&;", b"a[b]=1", b"%", b"\x00"])
def test_bytes_that_are_no_form_are_answered(client, sign_in, people, body):
    sign_in(people["trainee"])
    for path in ("/sign-in", "/theme", "/role", "/cases/rent-letter/attempts"):
        answer = client.post(
            path, data=body, content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code < 500, path


@pytest.mark.parametrize("text", HOSTILE[:-1])
def test_addresses_with_strange_parts_are_answered(client, sign_in, people, text):
    paths = {
        "trainee": ("/competencies/?", "/modules/consultation-interview/?"),
        "supervisor": ("/marking/?",),
        "certifier": ("/cohorts/demo-8?", "/credentials/?"),
        "administrator": ("/admin/people?", "/admin/erasures?"),
        "auditor": ("/audit?", "/audit/?"),
    }
    names = ("on", "after", "before", "state", "again", "lang", "target", "q", "page")
    query = urlencode(dict.fromkeys(names[:5] + names[6:], text))
    for name, starts in paths.items():
        sign_in(people[name])
        for start in starts:
            answer = client.get(start + query)
            assert answer.status_code < 500, start


@pytest.mark.parametrize("text", HOSTILE[4:-1])
def test_names_in_addresses_that_nobody_has_are_not_found(
    client, sign_in, people, text
):
    part = quote(text, safe="")
    sign_in(people["certifier"])
    for path in (
        f"/modules/{part}",
        f"/cases/{part}",
        f"/cohorts/{part}",
        f"/achievements/{part}",
        f"/keys/{part}",
        f"/verify/{part}",
        f"/status/{part}",
        f"/issuers/{part}",
    ):
        assert client.get(path).status_code in (403, 404, 308), path


@given(content=st.binary(max_size=400), name=st.text(max_size=30))
@settings(FUZZ, max_examples=examples(40))
def test_no_file_sent_for_checking_makes_it_fail(client, engine, content, name):
    sent = {"file": (BytesIO(content), name or "x")}
    with watching(engine) as watch:
        answer = client.post("/verify", data=sent)
    assert answer.status_code in (200, 422)
    assert not watch.kept


def test_a_file_that_is_too_large_is_refused_with_a_page(client):
    kind = "multipart/form-data; boundary=x"
    answer = client.post("/verify", data=b"x" * 3_000_000, content_type=kind)
    assert answer.status_code == 413
    assert "ファイル" in answer.get_data(as_text=True)
