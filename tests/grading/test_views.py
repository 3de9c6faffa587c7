"""Marking over HTTP: what a rater sees, types and gets back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lms.accounts.services import assign_learner
from lms.evidence.models import Evidence
from lms.grading.models import Sheet
from lms.grading.queries.sheets import (
    find_sheet,
)
from lms.grading.services.keeping import draft_of
from lms.permissions import Role
from tests.conftest import NOON
from tests.factories.accounts import make_pair, make_person
from tests.grading.values import (
    QueryCount,
    make_seen,
    make_sheet,
    make_submission,
    shipped_rubric,
    superseded_ids,
)


@pytest.fixture
def rubric(session, library):
    return shipped_rubric(session, library).content


@pytest.fixture
def rater(session, library, sign_in):
    """A rater who is signed in; `rater.learner` is theirs, `rater.work` handed in."""
    rater, learner = make_pair(session)
    rater.learner = learner
    rater.work = make_submission(session, library, learner)
    sign_in(rater)
    return rater


def address(submission, end=""):
    return f"/marking/{submission.work_id}{end}"


def filled(rubric, *, revision=0, act="save", band="2", **changes):
    """Return the fields of a sheet; keywords (`_` for `-`) change bands."""
    bands = {row.slug: band for row in rubric.criteria}
    bands |= {name.replace("_", "-"): value for name, value in changes.items()}
    fields = {f"band-{slug}": value for slug, value in bands.items() if value}
    return {"revision": str(revision), "act": act, **fields}


def stored(session, rater):
    session.expire_all()
    return find_sheet(session, rater.work.id, rater.subject_id)


def test_queue_holds_only_work_of_own_learners(client, session, library, rater):
    _, stranger = make_pair(session)
    other = make_submission(session, library, stranger)
    page = client.get("/marking/").text
    assert address(rater.work) in page
    assert address(other) not in page
    assert rater.learner.name not in page


def test_queue_shows_oldest_first_and_pages_by_25(client, session, library, rater):
    works = [rater.work] + [
        make_submission(
            session, library, rater.learner, submitted_at=NOON + timedelta(hours=n)
        )
        for n in range(1, 27)
    ]
    first = client.get("/marking/").text
    places = [first.find(address(work)) for work in works]
    assert places[:25] == sorted(places[:25])
    assert min(places[:25]) > 0
    assert places[25:] == [-1, -1]
    second = client.get(f"/marking/?state=waiting&after={works[24].work_id}").text
    assert [address(work) in second for work in works] == [False] * 25 + [True] * 2


def test_page_after_work_of_a_stranger_does_not_exist(client, session, library, rater):
    _, stranger = make_pair(session)
    other = make_submission(session, library, stranger)
    assert client.get(f"/marking/?after={other.work_id}").status_code == 404
    assert client.get("/marking/?state=nonsense").status_code == 404


def test_queue_runs_as_many_queries_for_50_rows_as_for_2(
    client, session, engine, library, rater
):
    counts = []
    for wanted in (1, 48):
        for _ in range(wanted):
            learner = make_person(session)
            assign_learner(session, rater, learner, now=NOON)
            make_submission(session, library, learner)
        client.get("/marking/")  # content is compiled at its first use
        with QueryCount(engine) as queries:
            assert client.get("/marking/").status_code == 200
        counts.append(queries.number)
    assert counts[0] == counts[1]


def test_work_moves_through_the_states_of_the_queue(client, rubric, rater):
    def states():
        pages = (
            client.get(f"/marking/?state={name}").text
            for name in ("waiting", "draft", "returned")
        )
        return [address(rater.work) in page for page in pages]

    assert states() == [True, False, False]
    assert client.post(address(rater.work, "/claim")).status_code == 303
    assert states() == [False, True, False]
    client.post(address(rater.work), data=filled(rubric, act="return"))
    assert states() == [False, False, True]


def test_work_that_another_rater_returned_waits_for_nobody(
    client, session, sign_in, rubric, rater
):
    second = make_person(session, Role.SUPERVISOR)
    assign_learner(session, second, rater.learner, now=NOON)
    session.commit()
    client.post(address(rater.work), data=filled(rubric, act="return"))
    sign_in(second)
    assert address(rater.work) not in client.get("/marking/").text
    assert client.get(address(rater.work)).status_code == 200


def test_work_of_a_strangers_learner_is_not_found(
    client, session, library, rater, rubric
):
    _, stranger = make_pair(session)
    other = make_submission(session, library, stranger)
    for work in (address(other), f"/marking/{uuid4()}"):
        assert client.get(work).status_code == 404
        assert client.get(f"{work}/returned").status_code == 404
        assert client.post(work, data=filled(rubric)).status_code == 404
        assert client.post(f"{work}/claim").status_code == 404
    assert session.scalar(select(func.count()).select_from(Sheet)) == 0


def test_page_shows_work_rubric_anchors_and_moments_without_what_the_case_thought(
    client, rubric, rater
):
    page = client.get(address(rater.work)).text
    assert f"letter {rater.work.work_id}" in page
    for criterion in rubric.criteria:
        assert criterion.name.ja in page
        assert criterion.boundary.ja in page
        assert all(anchor.text.ja in page for anchor in criterion.anchors)
    assert 'href="#moment-3"' in page
    assert 'href="#moment-5"' in page
    assert rater.learner.name not in page
    assert "unsafe" not in page.lower()


def test_reading_the_page_claims_nothing(client, session, rater):
    client.get(address(rater.work))
    assert stored(session, rater) is None


def test_live_claim_of_another_rater_is_shown_and_does_not_block(
    client, session, rubric, rater
):
    other = make_sheet(session, rater.work, make_person(session, Role.SUPERVISOR))
    sheet = session.get(Sheet, other.id)
    sheet.claim_expires_at = sheet.claim_expires_at + timedelta(days=3650)
    session.commit()
    page = client.get(address(rater.work), headers={"Accept-Language": "en"}).text
    assert "Another rater is marking this work too" in page
    assert client.post(address(rater.work), data=filled(rubric)).status_code == 303


def test_draft_is_saved_and_shown_again(client, session, rubric, rater):
    fields = filled(rubric, finds_need="3", asks_consent="not_observed", agrees_plan="")
    fields |= {"comment-finds-need": "夜の電話 <b>", "comment": "落ち着いて"}
    answer = client.post(address(rater.work), data=fields)
    assert answer.status_code == 303
    assert answer.location.endswith(f"{address(rater.work)}#band-agrees-plan-0")
    page = client.get(address(rater.work), headers={"Accept-Language": "en"}).text
    assert "夜の電話 &lt;b&gt;" in page
    assert "落ち着いて" in page
    assert 'name="band-finds-need" value="3" checked' in page
    assert 'name="band-asks-consent" value="not_observed" checked' in page
    assert "Draft saved" in page
    assert "Choose for 1 more criterion" in page
    assert 'name="revision" type="hidden" value="1"' in page
    assert stored(session, rater).returned_at is None


def test_stale_save_is_refused_and_shows_both_sides(client, session, rubric, rater):
    first = filled(rubric, band="1") | {"comment": "from the first window"}
    second = filled(rubric, band="1", finds_need="3") | {"comment": "from the second"}
    client.post(address(rater.work), data=first)
    answer = client.post(address(rater.work), data=second)
    assert answer.status_code == 409
    assert "from the first window" in answer.text
    assert "from the second" in answer.text
    assert 'name="band-finds-need" value="3" checked' in answer.text
    assert 'name="revision" type="hidden" value="1"' in answer.text
    draft = draft_of(stored(session, rater), rubric)
    assert draft.comment == "from the first window"
    assert draft.rating("finds-need").band == 1
    again = client.post(address(rater.work), data=second | {"revision": "1"})
    assert again.status_code == 303
    assert draft_of(stored(session, rater), rubric).comment == "from the second"


@pytest.mark.parametrize("headers", [{}, {"Accept": "application/json"}])
def test_page_of_a_sheet_that_another_rater_opened_takes_nothing(
    client, session, rubric, rater, headers
):
    fields = filled(rubric, revision=5) | {"comment": "別の人の画面から"}
    answer = client.post(address(rater.work), data=fields, headers=headers)
    assert answer.status_code == 409
    if headers:
        assert answer.json["revision"] == 0
        assert answer.json["fields"] == {}
    else:
        assert "別の人の画面から" in answer.text
        assert 'name="revision" type="hidden" value="0"' in answer.text


def test_same_draft_sent_twice_is_no_conflict(client, rubric, rater):
    fields = filled(rubric, agrees_plan="")
    answers = [client.post(address(rater.work), data=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]


def test_return_with_an_open_criterion_names_it_and_keeps_what_was_typed(
    client, session, rubric, rater
):
    fields = filled(rubric, act="return", asks_consent="")
    fields |= {"comment-asks-consent": "let me look again", "comment": "whole"}
    answer = client.post(address(rater.work), data=fields)
    assert answer.status_code == 422
    name = rubric.find_criterion("asks-consent").name.ja
    assert 'href="#band-asks-consent-0"' in answer.text
    assert f">{name}" in answer.text
    assert answer.text.count('href="#band-') == 1
    assert "let me look again" in answer.text
    assert "下書きを保存しました" in answer.text.split('role="status"')[-1]
    sheet = stored(session, rater)
    assert sheet.returned_at is None
    assert draft_of(sheet, rubric).comment == "whole"
    assert f'name="revision" type="hidden" value="{sheet.revision}"' in answer.text
    again = client.post(
        address(rater.work),
        data=fields | {"band-asks-consent": "1", "revision": str(sheet.revision)},
    )
    assert again.location.endswith("/returned")


def test_a_band_of_blanks_is_no_choice(client, session, rubric, rater):
    data = filled(rubric, finds_need=" ")
    assert client.post(address(rater.work), data=data).status_code == 303
    rows = {row.criterion: row for row in stored(session, rater).ratings}
    assert "finds-need" not in rows or rows["finds-need"].band is None


def test_comment_that_is_too_long_is_refused_and_kept(client, session, rubric, rater):
    words = "長" * 4001
    answer = client.post(address(rater.work), data=filled(rubric) | {"comment": words})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'data-now="saved"' not in answer.text
    assert 'name="band-finds-need" value="2" checked' in answer.text
    assert stored(session, rater) is None


@pytest.mark.parametrize(
    "wrong",
    [{"band-finds-need": "9"}, {"revision": "x"}, {"act": "erase"}],
)
def test_fields_that_the_page_does_not_offer_are_refused(
    client, session, rubric, rater, wrong
):
    answer = client.post(address(rater.work), data=filled(rubric) | wrong)
    assert answer.status_code == 422
    assert stored(session, rater) is None


def test_returned_sheet_becomes_evidence_and_leads_to_its_result(
    client, session, rubric, rater
):
    seen = make_seen(session, rater.work, "finds-need")
    kept = make_seen(session, rater.work, "asks-consent")
    fields = filled(rubric, act="return", asks_consent="not_observed")
    answer = client.post(address(rater.work), data=fields | {"comment": "よく聞けた"})
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "よく聞けた" in page
    assert rubric.bands[2].name.ja in page
    rows = session.scalars(
        select(Evidence).where(Evidence.rater_id == rater.subject_id)
    ).all()
    rated = {row.slug for row in rubric.criteria} - {"asks-consent"}
    assert {row.criterion for row in rows} == rated
    assert superseded_ids(session) == {seen.id}
    assert kept.id not in superseded_ids(session)


def test_returning_twice_leads_to_the_result_and_counts_once(
    client, session, rubric, rater
):
    fields = filled(rubric, act="return")
    answers = [client.post(address(rater.work), data=fields) for _ in range(2)]
    assert {answer.location for answer in answers} == {address(rater.work, "/returned")}
    rows = select(func.count()).where(Evidence.rater_id == rater.subject_id)
    assert session.scalar(rows) == len(rubric.criteria)


def test_returned_sheet_does_not_change_and_shows_what_was_typed(
    client, session, rubric, rater
):
    client.post(address(rater.work), data=filled(rubric, act="return"))
    late = filled(rubric, revision=1) | {"comment": "one more thing"}
    answer = client.post(address(rater.work), data=late)
    assert answer.status_code == 409
    assert "one more thing" in answer.text
    assert draft_of(stored(session, rater), rubric).comment == ""
    assert client.get(address(rater.work)).location.endswith("/returned")


def test_sheet_that_is_not_returned_has_no_result_yet(client, rater):
    answer = client.get(address(rater.work, "/returned"))
    assert answer.status_code == 303
    assert answer.location.endswith(address(rater.work))


def test_previous_and_next_lead_through_open_work(client, session, library, rater):
    works = [
        make_submission(
            session, library, rater.learner, submitted_at=NOON + timedelta(hours=n)
        )
        for n in (1, 2)
    ]
    page = client.get(address(works[0])).text
    assert f'rel="prev" href="{address(rater.work)}"' in page
    assert f'rel="next" href="{address(works[1])}"' in page
    assert "2 / 3" in page
    assert 'rel="prev"' not in client.get(address(rater.work)).text


def test_trainee_may_not_mark(client, session, sign_in, rater):
    sign_in(rater.learner)
    assert client.get("/marking/").status_code == 403
    assert client.get(address(rater.work)).status_code == 403


JSON = {"Accept": "application/json"}


def test_script_saves_the_sheet_as_it_is_typed(client, session, rubric, rater):
    fields = filled(rubric, agrees_plan="", act="") | {"comment": "ここまで"}
    del fields["act"]
    said = client.post(address(rater.work), data=fields, headers=JSON)
    assert said.status_code == 200
    assert said.json["revision"] == 1
    assert draft_of(stored(session, rater), rubric).comment == "ここまで"
    assert "ここまで" in client.get(address(rater.work)).text


def test_script_is_given_the_stored_side_of_a_stale_sheet(
    client, session, rubric, rater
):
    client.post(address(rater.work), data=filled(rubric, band="1"))
    late = filled(rubric, band="1", finds_need="3") | {"comment": "あとの画面"}
    said = client.post(address(rater.work), data=late, headers=JSON)
    assert said.status_code == 409
    assert said.json["revision"] == 1
    assert said.json["fields"]["band-finds-need"] == ["1"]
    assert "comment" not in said.json["fields"]
    assert draft_of(stored(session, rater), rubric).rating("finds-need").band == 1


def test_script_is_led_to_a_sheet_that_was_returned(client, rubric, rater):
    client.post(address(rater.work), data=filled(rubric, act="return"))
    late = filled(rubric, revision=1) | {"comment": "もう一言"}
    said = client.post(address(rater.work), data=late, headers=JSON)
    assert said.status_code == 409
    assert said.json["location"] == address(rater.work, "/returned")


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("comment", "受講者への全体のコメント"),
        ("comment-finds-need", "ほんとうの困りごとをつかむ"),
    ],
)
def test_script_is_told_what_to_put_right_and_where(client, rubric, rater, field, name):
    words = {field: "長" * 4001}
    said = client.post(address(rater.work), data=filled(rubric) | words, headers=JSON)
    assert said.status_code == 422
    assert "4000" in said.json["text"]
    assert said.json["text"].startswith(f"{name}：")
