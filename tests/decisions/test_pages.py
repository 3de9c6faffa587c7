"""Cohorts, packs and decisions as certifiers and operators see them."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import event, insert
from sqlalchemy.orm import Session

from lms.clock import utc_now
from lms.decisions.models import Decision
from lms.decisions.pages.cohort import COHORTS_SHOWN
from lms.decisions.queries import find_live_decision, find_pack
from lms.permissions import Role
from tests.competency.factory import make_case_evidence, make_evidence
from tests.decisions.factory import (
    REASON,
    make_cohort,
    make_decision,
    make_form,
    make_pack,
    make_seat,
)
from tests.factories.accounts import make_person
from tests.reading import text_of


@pytest.fixture
def english(client):
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def live(session, seat):
    session.expire_all()
    return find_live_decision(session, seat.cohort.id, seat.learner.subject_id)


def test_cohorts_are_listed_with_counts(english, session, library, seat, certifier):
    page = text_of(english.get("/cohorts/"))
    assert seat.cohort.name_en in page
    assert " 1 0 " in page


def test_older_cohorts_stand_on_further_pages_each_once(
    english, session, library, certifier
):
    made = {make_cohort(session, library).slug for _ in range(COHORTS_SHOWN + 3)}
    session.flush()
    seen, url = [], "/cohorts/"
    while url:
        page = english.get(url).text
        seen += re.findall(r'href="/cohorts/([a-z0-9-]+)"', page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        url = older and older[1]
    assert len(seen) == len(set(seen))
    assert made <= set(seen)
    assert english.get("/cohorts/?before=nothing").status_code == 404


def test_candidates_stand_by_number_and_never_by_name(
    english, session, seat, certifier
):
    answer = english.get(f"/cohorts/{seat.cohort.slug}")
    assert f"Candidate {seat.enrolment.number}" in text_of(answer)
    assert seat.learner.name not in answer.text
    detail = english.get(seat.url)
    assert detail.status_code == 200
    assert seat.learner.name not in detail.text


def test_cohort_is_paged_by_number(english, session, library, certifier):
    cohort = make_cohort(session, library)
    for number in range(51):
        make_seat(session, library, cohort=cohort, number=f"7-{number:02}")
    first = english.get(f"/cohorts/{cohort.slug}")
    assert "Candidate 7-49" in text_of(first)
    assert "Candidate 7-50" not in text_of(first)
    assert f"/cohorts/{cohort.slug}?after=7-49" in first.text
    assert "Candidate 7-50" in text_of(
        english.get(f"/cohorts/{cohort.slug}?after=7-49")
    )


def test_list_asks_as_many_queries_for_many_candidates_as_for_two(
    client, session, library, certifier, engine
):
    def queries(count: int) -> int:
        cohort = make_cohort(session, library)
        for _ in range(count):
            seat = make_seat(session, library, cohort=cohort)
            make_evidence(session, library, seat.learner.subject_id)
            make_pack(session, library, seat, certifier.subject_id)
        seen = []

        def note(*_args):
            seen.append(1)

        event.listen(engine, "before_cursor_execute", note)
        assert client.get(f"/cohorts/{cohort.slug}").status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    client.get("/cohorts/")
    queries(2)
    assert queries(2) == queries(12)


def test_operator_freezes_packs_but_sees_no_marks(
    english, session, library, seat, sign_in
):
    make_evidence(session, library, seat.learner.subject_id)
    sign_in(make_person(session, Role.OPERATOR))
    answer = english.post(f"{seat.url}/pack")
    assert answer.status_code == 303
    assert answer.location == f"/cohorts/{seat.cohort.slug}"
    assert find_pack(session, seat.cohort, seat.learner.subject_id) is not None
    page = text_of(english.get(answer.location))
    assert "Pack frozen" in page
    assert "Panel" not in page
    assert english.get(seat.url).status_code == 403
    assert english.post(seat.url, data={}).status_code == 403


def test_pack_page_shows_sentence_zones_fingerprint_and_chooses_nothing(
    english, session, library, seat, certifier
):
    make_evidence(session, library, seat.learner.subject_id)
    assert "No pack yet" in text_of(english.get(seat.url))
    english.post(f"{seat.url}/pack")
    pack = find_pack(session, seat.cohort, seat.learner.subject_id)
    answer = english.get(seat.url)
    page = text_of(answer)
    assert re.search(r"0 of 11 competencies are in the award zone", page)
    assert f"{pack.digest[:4]} {pack.digest[4:8]}" in page
    assert "Nothing newer has been recorded" in page
    main = answer.text.split("<main")[1].split("</main>")[0]
    assert 'type="radio"' in main
    assert " checked" not in main


def test_newer_evidence_is_announced(english, session, library, seat, certifier):
    make_pack(session, library, seat, certifier.subject_id)
    make_evidence(session, library, seat.learner.subject_id, recorded_at=utc_now())
    page = text_of(english.get(seat.url))
    assert "1 row of evidence is newer than this pack" in page
    assert "Freeze a new pack" in page


def test_decision_is_recorded_and_shown(english, session, library, seat, certifier):
    pack = make_pack(session, library, seat, certifier.subject_id)
    answer = english.post(seat.url, data=make_form(pack))
    assert answer.status_code == 303
    page = text_of(english.get(seat.url))
    assert "Ask for more evidence" in page
    assert REASON in page
    assert certifier.name in page
    assert live(session, seat).outcome == "more_evidence"


def test_everything_typed_comes_back_with_an_error_summary(
    english, session, library, seat, certifier
):
    pack = make_pack(session, library, seat, certifier.subject_id)
    form = make_form(pack, reason="短い", **{"ethics-outcome": ""})
    answer = english.post(seat.url, data=form)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Please correct 2 entries" in page
    assert "choose an outcome" in page
    assert "短い" in page
    assert REASON in page
    assert 'value="more_evidence" checked' in answer.text
    assert "data-autosave-unsaved" in answer.text
    assert live(session, seat) is None


def test_what_the_browser_keeps_of_one_decision_is_not_offered_for_the_next(
    english, session, library, seat, certifier
):
    def kept_under():
        page = english.get(seat.url).text
        return re.search(r'data-autosave-key="([^"]+)"', page)[1]

    pack = make_pack(session, library, seat, certifier.subject_id)
    before = kept_under()
    assert kept_under() == before
    english.post(seat.url, data=make_form(pack))
    assert kept_under() != before


def test_award_below_the_attested_level_asks_for_a_reason_there(
    english, session, library, seat, certifier
):
    pack = make_pack(session, library, seat, certifier.subject_id)
    form = make_form(pack, "award", **{"ethics-reason": ""})
    answer = english.post(seat.url, data=form)
    assert answer.status_code == 422
    assert "The attested level is below the required one" in text_of(answer)
    assert 'href="#ethics-reason"' in answer.text
    assert english.post(seat.url, data=make_form(pack, "award")).status_code == 303
    assert live(session, seat).outcome == "award"


def test_open_flag_blocks_the_award_until_it_is_cleared_with_a_reason(
    english, session, library, seat, certifier
):
    row = make_case_evidence(
        session, library, seat.learner.subject_id, score=0, is_critical=True
    )
    pack = make_pack(session, library, seat, certifier.subject_id)
    refused = english.post(seat.url, data=make_form(pack, "award"))
    assert refused.status_code == 422
    assert "A critical flag is open" in text_of(refused)
    url = f"{seat.url}/flags/{row.public_id}"
    short = english.post(url, data={f"flag-{row.public_id}-reason": "短い"})
    assert short.status_code == 422
    assert "Say why the flag is cleared, in 10 to 4000 characters" in text_of(short)
    assert "短い" in short.text
    done = english.post(url, data={f"flag-{row.public_id}-reason": REASON})
    assert done.status_code == 303
    page = text_of(english.get(seat.url))
    assert "Flag cleared" in page
    assert REASON in page
    again = english.post(url, data={f"flag-{row.public_id}-reason": REASON})
    assert again.status_code == 409
    assert english.post(seat.url, data=make_form(pack, "award")).status_code == 303


def test_a_flag_names_its_criterion_in_the_readers_words(
    client, session, library, seat, certifier
):
    make_case_evidence(
        session, library, seat.learner.subject_id, score=0, is_critical=True
    )
    make_pack(session, library, seat, certifier.subject_id)
    assert "観点「ほんとうの困りごとをつかむ」" in text_of(client.get(seat.url))


def test_who_marked_the_candidate_is_told_and_refused(
    english, session, library, seat, certifier
):
    make_case_evidence(
        session,
        library,
        seat.learner.subject_id,
        source="sheet",
        rater_id=certifier.subject_id,
    )
    pack = make_pack(session, library, seat, certifier.subject_id)
    answer = english.get(seat.url)
    assert "You marked work of this candidate" in text_of(answer)
    assert "Record the decision" not in text_of(answer)
    assert english.post(seat.url, data=make_form(pack)).status_code == 403
    assert live(session, seat) is None


def test_decision_sent_from_an_older_page_is_answered_with_the_newer_one(
    english, session, library, seat, certifier
):
    pack = make_pack(session, library, seat, certifier.subject_id)
    make_decision(session, seat, pack, make_person(session).subject_id)
    answer = english.post(seat.url, data=make_form(pack, "not_this_time"))
    assert answer.status_code == 409
    page = text_of(answer)
    assert "newer pack or decision" in page
    assert REASON in page
    assert live(session, seat).outcome == "more_evidence"
    seen = live(session, seat).public_id
    again = make_form(pack, "not_this_time", supersedes=str(seen))
    assert english.post(seat.url, data=again).status_code == 303
    assert live(session, seat).sequence == 2
    assert "Earlier decisions" in text_of(english.get(seat.url))


@pytest.mark.parametrize("seen", [" ", "x", "\t"])
def test_a_page_that_names_no_decision_rightly_is_refused(
    english, session, library, seat, certifier, seen
):
    pack = make_pack(session, library, seat, certifier.subject_id)
    sent = make_form(pack, "not_this_time", supersedes=seen)
    answer = english.post(seat.url, data=sent)
    assert answer.status_code == 422
    assert live(session, seat) is None


def test_lost_race_in_the_database_is_answered_409(
    english, session, library, seat, certifier
):
    pack = make_pack(session, library, seat, certifier.subject_id)
    form = make_form(pack)

    def come_first(current, _flush, _instances):
        if any(isinstance(row, Decision) for row in current.new):
            current.execute(
                insert(Decision).values(
                    public_id=uuid4(),
                    pack_id=pack.id,
                    cohort_id=pack.cohort_id,
                    subject_id=pack.subject_id,
                    sequence=1,
                    outcome="award",
                    reason=REASON,
                    decided_by=uuid4(),
                    decided_at=utc_now(),
                )
            )

    event.listen(Session, "before_flush", come_first)
    answer = english.post(seat.url, data=form)
    event.remove(Session, "before_flush", come_first)
    assert answer.status_code == 409
    assert live(session, seat) is None


def test_unknown_cohort_number_and_flag_are_not_found(client, session, seat, certifier):
    assert client.get("/cohorts/none").status_code == 404
    assert client.get(f"/decisions/{seat.cohort.slug}/0-00").status_code == 404
    assert client.post(f"{seat.url}/flags/{uuid4()}").status_code == 404
    assert client.post(seat.url, data={}).status_code == 404


def test_certifier_opens_the_record_of_a_candidate_by_number(
    english, session, library, seat, certifier
):
    make_evidence(session, library, seat.learner.subject_id)
    answer = english.get(f"/competencies/of/{seat.learner.subject_id}")
    assert answer.status_code == 200
    assert seat.enrolment.number in text_of(answer)
    assert seat.learner.name not in answer.text


def test_trainees_and_supervisors_see_no_cohort(client, session, seat, sign_in):
    for role in (Role.TRAINEE, Role.SUPERVISOR, Role.AUTHOR):
        sign_in(make_person(session, role))
        assert client.get("/cohorts/").status_code == 403
        assert client.get(seat.url).status_code == 403
        assert client.post(f"{seat.url}/pack").status_code == 403


def test_pages_can_be_read_in_japanese(client, session, library, seat, certifier):
    make_pack(session, library, seat, certifier.subject_id)
    for url in ("/cohorts/", f"/cohorts/{seat.cohort.slug}", seat.url):
        answer = client.get(url)
        assert answer.status_code == 200
        assert 'lang="ja"' in answer.text
