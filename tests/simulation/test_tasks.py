"""Kinds of task: shape of the answer, score, best answer."""

import pytest

from lms.simulation.domain.document import case_from_document
from lms.simulation.domain.moves import evidence_of_task, scope_of
from lms.simulation.domain.state import State
from lms.simulation.domain.tasks import AnswerFault
from tests.simulation.case_files import make_document

FACTS = {
    "bill": {"text": "f", "may_share": True},
    "job": {"text": "f"},
    "fear": {"text": "f", "sensitive": True},
}


def make_task(kind, **keys):
    row = {"kind": "task", "task": kind, "to": "hub", "scores": ["c"], **keys}
    case = case_from_document(
        make_document(
            facts=FACTS,
            state={"agreed": {"bool": True, "start": True}},
            scenes={"hub": row},
        )
    )
    return case, case.scenes["hub"].task


def make_scope(case, *, facts=(), agreed=True):
    return scope_of(case, State("hub", 0, (agreed,), case.layout.mask(facts), 0, 0, 0))


def fault_of(made, answer, **given):
    case, task = made
    with pytest.raises(AnswerFault) as caught:
        task.check(answer, make_scope(case, **given))
    return str(caught.value)


def score_of(made, answer, **given):
    case, task = made
    scope = make_scope(case, **given)
    task.check(answer, scope)
    return task.score(answer, scope)


TRIAGE = make_task(
    "triage",
    bins=["today", "later"],
    items=["rent", "school", "job"],
    key={
        "rent": {"today": 1},
        "school": {"later": 1, "today": 0.5},
        "job": {"later": 1},
    },
)


@pytest.mark.parametrize(
    ("bins", "seen", "credit"),
    [
        ("today later later", "met", 1),
        ("today today later", "met", 0.833333),  # 2.5 of 3
        ("later later later", "partly", 0.666667),
        ("later today today", "not_met", 0.166667),
    ],
)
def test_triage_credits_the_mean_over_the_items(bins, seen, credit):
    answer = dict(zip(("rent", "school", "job"), bins.split(), strict=True))
    score = score_of(TRIAGE, answer)
    assert (score.seen, score.credit) == (seen, credit)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ([], "an object"),
        ({"rent": "today", "school": "later"}, "'job' is missing"),
        ({"rent": "today", "school": "later", "job": "never"}, "item 'job': 'never'"),
        (
            {"rent": "today", "school": "later", "job": "later", "x": "later"},
            "unknown key 'x'",
        ),
    ],
)
def test_triage_answer_of_wrong_shape_is_refused(answer, fault):
    assert fault in fault_of(TRIAGE, answer)


ORDER = make_task("order", items=["a", "b", "c"], order=["b", "a", "c"])
PAIRS = make_task(
    "order",
    items=["a", "b", "c"],
    order=["a", "b", "c"],
    before=[["a", "b", "e.why"], ["a", "c"]],
)


@pytest.mark.parametrize(
    ("made", "answer", "credit"),
    [
        (ORDER, "b a c", 1),
        (ORDER, "a b c", 0.666667),  # one of three pairs turned round
        (ORDER, "c a b", 0),
        (PAIRS, "a c b", 1),
        (PAIRS, "b a c", 0.5),
        (PAIRS, "c b a", 0),
    ],
)
def test_order_credits_the_share_of_pairs(made, answer, credit):
    assert score_of(made, answer.split()).credit == credit


def test_pair_that_must_stand_in_order_gives_its_reason():
    parts = score_of(PAIRS, ["b", "a", "c"]).parts
    assert (parts[0].id, parts[0].credit, parts[0].because) == ("a>b", 0.0, "e.why")


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({}, "a list"),
        (["a", "b"], "'c' is missing"),
        (["a", "b", "b"], "twice"),
        (["a", "b", "x"], "none of the items"),
        (["a", "b", 3], "none of the items"),
    ],
)
def test_order_answer_of_wrong_shape_is_refused(answer, fault):
    assert fault in fault_of(ORDER, answer)


MANY = make_task(
    "choose_many",
    items=["a", "b", "c", "d"],
    needed=["a", "b"],
    harmful=["d"],
    pick={"min": 1, "max": 3},
)


@pytest.mark.parametrize(
    ("answer", "seen", "credit"),
    [
        ("a b", "met", 1),
        ("a b c", "partly", 0.5),
        ("a", "partly", 0.5),
        ("c", "not_met", 0),
        ("a b d", "unsafe", 0),
    ],
)
def test_choose_many_takes_wrong_picks_off_right_ones(answer, seen, credit):
    score = score_of(MANY, answer.split())
    assert (score.seen, score.credit) == (seen, credit)


def test_choose_many_holds_to_the_number_of_picks():
    assert "Choose 1 to 3" in fault_of(MANY, [])


TEXT = make_task(
    "free_text",
    length={"min_chars": 3, "max_chars": 5},
    answer_in=["ja", "en"],
    scored_by="person",
)


def test_free_text_waits_for_a_person():
    assert score_of(TEXT, {"text": "計画だ", "language": "ja"}).seen is None


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"text": " 計画 ", "language": "ja"}, "at least 3"),
        ({"text": "計画を書いた", "language": "ja"}, "at most 5"),
        ({"text": "plan", "language": "vi"}, "write in ja, en"),
        ({"text": "plan"}, "'language' is missing"),
        ({"text": 5, "language": "ja"}, "must be a text"),
    ],
)
def test_free_text_outside_its_bounds_is_refused(answer, fault):
    assert fault in fault_of(TEXT, answer)


REFERRAL = make_task(
    "referral",
    directory=["desk", "police", "shop"],
    pick={"min": 1, "max": 2},
    ask=["reason", "consent", "what_is_shared", "follow_up"],
    fit={
        "desk": "good",
        "police": {"good_when": "fact.fear", "else": "partial"},
        "shop": "poor",
    },
    needs={"consent": "agreed"},
)


def refer(partner="desk", **keys):
    row = {"reason": "r", "consent": True, "share": [], "follow_up": "f", **keys}
    return {"referrals": [{"partner": partner, **row}]}


@pytest.mark.parametrize(
    ("answer", "given", "seen", "credit"),
    [
        (refer(share=["bill"]), {"facts": ["bill"]}, "met", 1),
        (refer(), {}, "met", 1),  # nothing that may be told is known
        (refer(), {"facts": ["bill"]}, "partly", 0.75),  # the partner learns nothing
        (refer(reason=" "), {}, "partly", 0.75),
        (refer("police"), {}, "partly", 0.5),
        (refer("police", share=["fear"]), {"facts": ["fear"]}, "met", 1),
        (refer("shop"), {}, "not_met", 0),
        # Consent is claimed but was not given: not in place, and 'job' was told.
        (refer(share=["job"]), {"facts": ["job"], "agreed": False}, "partly", 0.5),
        (refer(share=["job"], consent=False), {"facts": ["job"]}, "partly", 0.5),
        # A sensitive fact without consent is unsafe, however well the rest fits.
        (refer(share=["fear"], consent=False), {"facts": ["fear"]}, "unsafe", 0),
        (refer(share=["fear"]), {"facts": ["fear"], "agreed": False}, "unsafe", 0),
    ],
)
def test_referral_is_fit_times_care(answer, given, seen, credit):
    score = score_of(REFERRAL, answer, **given)
    assert (score.seen, score.credit) == (seen, credit)


def test_two_referrals_give_their_mean():
    both = {"referrals": refer()["referrals"] + refer("shop")["referrals"]}
    assert score_of(REFERRAL, both).credit == 0.5


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"referrals": {}}, "must be a list"),
        ({"referrals": []}, "Choose 1 to 2"),
        (refer("nobody"), "'nobody' is no partner"),
        (refer(consent="yes"), "'consent' must be true or false"),
        (refer(share=["fear"]), "facts known so far"),
        (refer(share="bill"), "a list"),
        (refer(reason=None), "'reason' must be a text"),
        (refer(colour="red"), "unknown key 'colour'"),
        ({"referrals": [{"partner": "desk"}]}, "is missing"),
        ({"referrals": refer()["referrals"] * 2}, "twice"),
    ],
)
def test_referral_of_wrong_shape_is_refused(answer, fault):
    assert fault in fault_of(REFERRAL, answer, facts=["bill"])


@pytest.mark.parametrize("made", [TRIAGE, ORDER, PAIRS, MANY, REFERRAL])
@pytest.mark.parametrize("facts", [(), ("bill",), ("bill", "job", "fear")])
def test_full_credit_answer_is_met_and_the_first_of_the_answers(made, facts):
    case, task = made
    scope = make_scope(case, facts=facts)
    best = task.full_credit(scope)
    task.check(best, scope)
    assert task.score(best, scope).seen == "met"
    assert next(iter(task.answers(scope))) == best


@pytest.mark.parametrize("made", [TRIAGE, ORDER, PAIRS, MANY, REFERRAL, TEXT])
def test_every_listed_answer_has_the_right_shape_and_a_score_of_its_own(made):
    case, task = made
    scope = make_scope(case, facts=("bill", "fear"))
    answers = list(task.answers(scope))
    for answer in answers:
        task.check(answer, scope)
    seen = [task.score(answer, scope).seen for answer in answers]
    assert len(seen) == len(set(seen))


def test_answers_reach_everything_that_can_be_seen():
    def reached(made):
        case, task = made
        scope = make_scope(case, facts=("bill", "fear"), agreed=False)
        return {task.score(answer, scope).seen for answer in task.answers(scope)}

    assert reached(TRIAGE) == {"met", "partly", "not_met"}
    assert reached(ORDER) == {"met", "partly", "not_met"}
    assert reached(MANY) == {"met", "partly", "not_met", "unsafe"}
    assert reached(REFERRAL) == {"partly", "not_met", "unsafe"}


ASPECTS = {
    "addressee": {"scores": ["who"]},
    "consent": {"scores": ["asks"]},
    "sharing": {"scores": ["tells"], "because": "e"},
    "follow_up": {"scores": ["follows"]},
}
KEYED = make_task(
    "referral",
    directory=["desk", "shop"],
    pick={"min": 1, "max": 2},
    ask=["reason", "consent", "what_is_shared", "follow_up"],
    fit={"desk": "good", "shop": "poor"},
    needs={"consent": "agreed"},
    aspects=ASPECTS,
)


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (refer(), {}),
        (refer("shop"), {"addressee": "not_met"}),
        (refer(follow_up=""), {"follow_up": "not_met"}),
        (refer(consent=False), {"consent": "not_met"}),
        (
            refer(share=["fear"], consent=False),
            {"consent": "not_met", "sharing": "unsafe"},
        ),
        (
            refer(share=["job"], consent=False),
            {"consent": "not_met", "sharing": "not_met"},
        ),
    ],
)
def test_each_fault_of_a_referral_shows_in_its_own_aspect(answer, shown):
    score = score_of(KEYED, answer, facts=["fear", "job"])
    assert dict(score.kept(ASPECTS)) == {**dict.fromkeys(ASPECTS, "met"), **shown}


def test_aspects_become_evidence_beside_the_whole():
    case, _task = KEYED
    answer = refer(share=["fear"], consent=False)
    score = score_of(KEYED, answer, facts=["fear"])
    rows = list(evidence_of_task(case.scenes["hub"], score))
    assert [(row.criterion, row.seen.value, row.is_critical) for row in rows] == [
        ("c", "unsafe", True),
        ("who", "met", False),
        ("asks", "not_met", False),
        ("tells", "unsafe", True),
        ("follows", "met", False),
    ]
    assert rows[3].because == "e"


def test_listed_answers_reach_every_fault_by_itself():
    case, task = KEYED
    scope = make_scope(case, facts=("bill", "fear"))
    shown = {
        frozenset(n for n, seen in task.score(a, scope).kept(ASPECTS) if seen != "met")
        for a in task.answers(scope)
    }
    assert shown >= {
        frozenset({name}) for name in ("addressee", "consent", "follow_up")
    }
