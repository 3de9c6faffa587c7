"""Answering questions that have several parts: in order, matched, judged."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.assessment.models import Response
from lms.evidence.models import Evidence
from tests.factories.accounts import make_person
from tests.factories.kinds import JUDGE, LESSON, MATCH, ORDER, publish_kinds

RIGHT = {
    ORDER: {"seat": "1", "line": "2", "limit": "3", "ask": "4"},
    MATCH: {"rent": "city", "wage": "labour", "visa": "isa"},
    JUDGE: {"best": "alone", "worst": "husband"},
}


@pytest.fixture
def learner(session, database, tmp_path, sign_in):
    with database.transaction() as writing:
        publish_kinds(writing, tmp_path)
    person = make_person(session)
    sign_in(person)
    return person


def answer(client, slug, **given):
    parts = {f"{slug}-part_{name}": value for name, value in given.items()}
    return client.post(
        f"{LESSON}/questions/{slug}", data={**parts, f"{slug}-action_id": str(uuid4())}
    )


def responses(session, learner):
    mine = Response.subject_id == learner.subject_id
    return list(session.scalars(select(Response).where(mine).order_by(Response.id)))


@pytest.mark.parametrize("slug", [ORDER, MATCH, JUDGE])
def test_a_faultless_answer_has_two_points_and_is_evidence(
    client, learner, session, slug
):
    posted = answer(client, slug, **RIGHT[slug])
    assert posted.status_code == 303
    assert posted.location.endswith(f"?q={slug}#{slug}")
    (row,) = responses(session, learner)
    assert (row.score, row.maximum) == (2, 2)
    evidence = session.scalars(
        select(Evidence).where(Evidence.subject_id == learner.subject_id)
    ).one()
    assert (evidence.score, evidence.maximum, evidence.steps) == (2, 2, [-0.6, 0.6])


def test_the_order_given_is_kept_as_given(client, learner, session):
    answer(client, ORDER, ask="1", seat="2", limit="3", line="4")
    (row,) = responses(session, learner)
    assert row.answer == ["ask", "seat", "limit", "line"]
    assert row.score == 0


def test_each_step_has_its_reason_and_the_belief_is_named(client, learner):
    posted = answer(client, ORDER, seat="1", line="2", ask="3", limit="4")
    page = client.get(posted.location).text
    assert page.count('class="seen__missed"') == 2
    assert page.count('class="seen__met"') == 2
    for words in ("後では選べません", "約束の後です", "まず用件を聞くのが早い。"):
        assert words in page
    assert "届きません" not in page  # that pair was kept
    assert "一部" in page


def test_a_wrong_match_shows_what_it_is_for_what_fits_and_the_belief(client, learner):
    posted = answer(client, MATCH, rent="police", wage="labour", visa="isa")
    page = client.get(posted.location).text
    for words in ("事件のためです", "住まいの給付があります", "警察なら何でも"):
        assert words in page
    assert "働く人のためです" not in page  # chosen rightly: the prompt says why


def test_judged_ways_each_have_their_reason(client, learner):
    posted = answer(client, JUDGE, best="husband", worst="both")
    page = client.get(posted.location).text
    for words in ("夫の前です", "安全です", "声が消えます", "家族は味方だ"):
        assert words in page
    assert "同席でもよい" not in page  # a belief in it was not shown


@pytest.mark.parametrize(
    ("slug", "given", "said"),
    [
        (ORDER, {"seat": "2"}, "通訳をつなぐ：順番を選んで"),
        (ORDER, {**RIGHT[ORDER], "ask": "3"}, "用件をたずねる：順番の番号は"),
        (MATCH, {"rent": "police"}, "更新：合うものを選んでください"),
        (JUDGE, {"best": "alone"}, "最も不適切：対応を1つ"),
        (JUDGE, {"best": "both", "worst": "both"}, "別の対応"),
    ],
)
def test_a_fault_is_said_and_what_was_chosen_comes_back(
    client, learner, session, slug, given, said
):
    posted = answer(client, slug, **given)
    assert posted.status_code == 422
    summary = posted.text[posted.text.index("error-summary") :]
    assert said in summary[: summary.index("</ul>")]
    mark = "checked" if slug == JUDGE else "selected"
    chosen = [row for row in posted.text.split("<") if f" {mark}>" in row]
    values = {value for row in chosen for value in given.values() if value in row}
    assert values == set(given.values())
    assert responses(session, learner) == []


@pytest.mark.parametrize("slug", [ORDER, MATCH, JUDGE])
def test_what_the_page_does_not_offer_is_refused(client, learner, session, slug):
    first, *_others = RIGHT[slug]
    posted = answer(client, slug, **{**RIGHT[slug], first: "zzz"})
    assert posted.status_code == 422
    assert responses(session, learner) == []


def test_one_question_at_a_time_and_the_next_open_one_after_it(client, learner):
    page = client.get(LESSON).text
    assert page.count('<form class="act') == 1
    assert f'id="{ORDER}"' in page
    posted = answer(client, ORDER, **RIGHT[ORDER])
    shown = client.get(posted.location).text
    assert '<form class="act' not in shown
    assert f'href="?q={MATCH}#{MATCH}"' in shown
    assert f'href="?again={ORDER}#{ORDER}"' in shown
    assert f'id="{MATCH}"' in client.get(LESSON).text
    assert f'id="{JUDGE}"' in client.get(f"{LESSON}?q={JUDGE}").text


def test_pips_say_each_state_in_words(client, learner):
    answer(client, ORDER, **RIGHT[ORDER])
    answer(client, JUDGE, best="husband", worst="alone")
    page = client.get(f"{LESSON}?q={MATCH}").text
    pips = page[page.index('<ol class="pips">') :]
    rows = pips[: pips.index("</ol>")].split("<li>")[1:]
    for row, state in zip(rows, ("正解", "未回答", "不正解"), strict=True):
        assert state in row
    assert ["aria-current" in row for row in rows] == [False, True, False]


def test_answering_again_shows_the_form_and_is_practice(client, learner, session):
    answer(client, MATCH, **{**RIGHT[MATCH], "rent": "police"})
    assert '<form class="act' in client.get(f"{LESSON}?again={MATCH}").text
    answer(client, MATCH, **RIGHT[MATCH])
    assert [row.score for row in responses(session, learner)] == [1, 2]
    mine = Evidence.subject_id == learner.subject_id
    assert [row.score for row in session.scalars(select(Evidence).where(mine))] == [1]


def test_an_unknown_question_shows_the_next_open_one(client, learner):
    page = client.get(f"{LESSON}?q=nothing")
    assert page.status_code == 200
    assert f'id="{ORDER}"' in page.text


def test_the_judging_table_names_row_and_column_of_each_button(client, learner):
    page = client.get(f"{LESSON}?q={JUDGE}").text
    for row in page.split("<input ")[1:]:
        if 'type="radio"' not in row:
            continue
        names = row.split('aria-labelledby="')[1].split('"')[0].split()
        assert len(names) == 2
        assert all(f'id="{name}"' in page for name in names)
