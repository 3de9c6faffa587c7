"""Plans, judgements, forms and advice: what an answer is worth, and why."""

from dataclasses import replace

import pytest

from lms.settings import PROJECT_ROOT
from lms.simulation.content.listed import copy_listed
from lms.simulation.domain import play_named
from lms.simulation.domain.document import case_from_document
from lms.simulation.domain.moves import scope_of
from lms.simulation.domain.tasks import AnswerFault
from lms.simulation.domain.writing import join_texts, part_texts
from tests.simulation.case_files import advising_case, make_document

CASE = advising_case()
PLAN, JUDGE, FORM, ADVICE = (
    CASE.scenes[name].task for name in ("plan", "judge", "paper", "advise")
)


def scope(*facts, agreed=True):
    state = play_named(CASE, []).standing
    mask = CASE.layout.mask(facts)
    return scope_of(CASE, state._replace(facts=mask, values=(agreed,)))


EVERYTHING = scope("tired", "jobless")
BEST = PLAN.full_credit(EVERYTHING)


def score(task, answer, where=EVERYTHING):
    task.check(answer, where)
    return task.score(answer, where)


def aspects(task, answer, where=EVERYTHING):
    return {row.id: row.credit for row in score(task, answer, where).aspects}


def fault_of(task, answer):
    with pytest.raises(AnswerFault) as caught:
        task.check(answer, EVERYTHING)
    return str(caught.value)


def changed(**slots):
    """Return the best plan with other slots in the line of the benefit."""
    rows = [
        {**row, **slots} if row["step"] == "benefit" else row for row in BEST["steps"]
    ]
    rows = [{k: v for k, v in row.items() if v is not None} for row in rows]
    return {**BEST, "steps": rows}


def test_best_plan_holds_what_is_needed_in_order_with_the_best_of_every_slot():
    assert BEST["goals"] == ["home", "work"]
    assert [row["step"] for row in BEST["steps"]] == ["listen", "benefit", "search"]
    assert score(PLAN, BEST).credit == 1
    assert set(aspects(PLAN, BEST).values()) == {1}


@pytest.mark.parametrize(
    ("plan", "aspect", "credit"),
    [
        ({**BEST, "goals": ["home"], "steps": BEST["steps"][:2]}, "coverage", 0.75),
        ({**BEST, "steps": BEST["steps"][::-1]}, "order", 0),
        ({**BEST, "steps": [BEST["steps"][n] for n in (1, 0, 2)]}, "order", 0.5),
        # Two lines name a partner that fits; now one of them fits in part.
        (changed(partner="lawyer"), "partner", 0.75),
        (changed(partner=None), "partner", 0.5),
        # Of three lines one lacks one of three required slots.
        (changed(who=None), "filled", 8 / 9),
        (changed(goal="work"), "goal", 0.5),
        (changed(when="month"), "when", 0.5),
    ],
)
def test_each_aspect_of_a_plan_is_judged_by_itself(plan, aspect, credit):
    if aspect == "coverage":
        plan["steps"] = [dict(row) for row in plan["steps"]]
    assert aspects(PLAN, plan)[aspect] == pytest.approx(credit, abs=1e-6)


def test_plan_is_worth_coverage_times_care():
    # Coverage 3 of 4. Care: order 0; of the fits goal 1, partner 0.5, menu 0 (the loan
    # is not the fitting one), who 1, when 1; eligibility 1 (the loan has no
    # conditions); filled 1. Mean 5.5 of 8, times 0.75.
    plan = {
        "goals": ["home"],
        "steps": [
            {
                "step": "benefit",
                "goal": "home",
                "partner": "lawyer",
                "menu": "loan",
                "who": "me",
                "when": "week",
                "agreed": True,
            },
            {"step": "listen", "who": "me", "when": "today", "agreed": True},
        ],
    }
    found = score(PLAN, plan)
    assert found.credit == pytest.approx(0.75 * 5.5 / 8, abs=1e-6)
    assert found.seen == "partly"


def test_what_is_needed_depends_on_what_is_so():
    only = {**BEST, "goals": ["home"], "steps": BEST["steps"][:2]}
    assert aspects(PLAN, only, scope())["coverage"] == 1


def test_menu_whose_condition_fails_is_explained_by_the_condition():
    found = score(PLAN, BEST, scope("tired"))
    [part] = [row for row in found.parts if row.aspect == "eligibility"]
    assert (part.credit, part.given, part.unmet) == (
        0,
        ("benefit", "housing"),
        ("e.housing",),
    )


def test_agreement_that_is_only_claimed_fills_nothing():
    assert aspects(PLAN, BEST, scope("jobless", agreed=False))[
        "filled"
    ] == pytest.approx(2 / 3, abs=1e-6)


@pytest.mark.parametrize(
    "plan",
    [
        {**BEST, "steps": [*BEST["steps"], {"step": "sign"}]},
        {**BEST, "goals": [*BEST["goals"], "leave"]},
    ],
)
def test_harmful_step_or_goal_is_unsafe(plan):
    found = score(PLAN, plan, scope("jobless", agreed=False))
    assert (found.seen, found.credit) == ("unsafe", 0)
    assert dict(found.kept(["harm"])) == {"harm": "unsafe"}


def test_order_explains_what_stood_the_wrong_way_round():
    found = score(PLAN, {**BEST, "steps": BEST["steps"][::-1]})
    part = next(row for row in found.parts if row.aspect == "order")
    assert (part.given, part.expected, part.because) == (
        ("benefit", "listen"),
        ("listen", "benefit"),
        "e.listen_first",
    )


def test_own_goals_and_steps_can_be_planned_and_named():
    plan = {
        "goals": ["home", {"text": "家族の安心"}],
        "steps": [*BEST["steps"][:2], {"text": "様子を見る", "goal": "own-1"}],
    }
    assert score(PLAN, plan).seen is not None


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        ([], "an object"),
        ({"steps": []}, "'goals' is missing"),
        ({"goals": [], "steps": []}, "plan 2 to 5"),
        ({"goals": ["x"], "steps": BEST["steps"]}, "none of the goals"),
        ({"goals": [{"text": " "}], "steps": BEST["steps"]}, "is empty"),
        ({"goals": [{"text": "a"}] * 2, "steps": BEST["steps"]}, "2 own goals"),
        ({"goals": [], "steps": BEST["steps"]}, "'goal': 'home' is none of"),
        ({"goals": [], "steps": [{"step": "listen"}] * 2}, "twice"),
        ({"goals": [], "steps": [{"text": "a"}] * 2}, "2 own steps"),
        ({"goals": [], "steps": [{"step": "listen"}, {}]}, "step 2: key 'step'"),
        (
            {"goals": [], "steps": [{"step": "listen"}, {"text": "a", "who": "x"}]},
            "step 2: 'who': 'x'",
        ),
        (
            {"goals": [], "steps": [{"step": "listen"}, {"text": "a", "agreed": 1}]},
            "'agreed' must be",
        ),
    ],
)
def test_plan_of_wrong_shape_is_refused(plan, fault):
    assert fault in fault_of(PLAN, plan)


# Of five members three answer 1, one 2, one 0; and -2 three times, -1 twice.
@pytest.mark.parametrize(
    ("rent", "school", "credit"),
    [(1, -2, 1), (2, -2, 2 / 3), (1, -1, 5 / 6), (0, 0, 1 / 6), (-2, 2, 0)],
)
def test_judgement_is_worth_its_share_of_the_most_frequent_answer(rent, school, credit):
    answer = {"judgements": {"rent": rent, "school": school, "open": 2}}
    assert score(JUDGE, answer).credit == pytest.approx(credit, abs=1e-6)


def test_judgement_without_panel_gives_no_evidence():
    alone = replace(JUDGE, items=tuple(row for row in JUDGE.items if not row.panel))
    assert score(alone, {"judgements": {"open": 1}}).seen is None


@pytest.mark.parametrize(
    ("judged", "fault"),
    [
        ({"rent": 1, "school": 1}, "'open' is missing"),
        ({"rent": 1, "school": 1, "open": 3}, "none of -2"),
        ({"rent": 1, "school": 1, "open": True}, "none of -2"),
        ({"rent": 1, "school": 1, "open": 0, "x": 0}, "unknown key 'x'"),
    ],
)
def test_judgement_outside_the_scale_is_refused(judged, fault):
    assert fault in fault_of(JUDGE, {"judgements": judged})


FILLED = {
    "reason": {"text": "仕事を失ったため"},
    "kind": "home",
    "papers": ["lease", "pay"],
    "people": 3,
    "since": "2026-09-01",
    "consent": True,
}


@pytest.mark.parametrize(
    ("changes", "seen", "credit"),
    [
        ({}, "met", 1),
        ({"kind": "job"}, "met", 5.5 / 6),
        ({"kind": None, "people": 4}, "partly", 4 / 6),
        ({"papers": ["pay"]}, "met", 5.5 / 6),
        ({"reason": None, "since": "2026-09-02", "consent": False}, "partly", 3 / 6),
        ({"papers": ["lease", "faith"]}, "unsafe", 0),
        ({"remark": {"text": "なし"}}, "met", 1),
    ],
)
def test_form_is_worth_the_mean_of_its_keyed_fields(changes, seen, credit):
    given = {k: v for k, v in {**FILLED, **changes}.items() if v is not None}
    found = score(FORM, {"fields": given})
    assert (found.seen, found.credit) == (seen, pytest.approx(credit, abs=1e-6))


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("reason", "text", "an object with text"),
        ("reason", {"text": ""}, "Write 1 to 100"),
        ("kind", "house", "none of home"),
        ("papers", "pay", "a list"),
        ("people", 21, "give 1 to 20"),
        ("people", "3", "no whole number"),
        ("since", "1 September", "no day"),
        ("since", "20260901", "no day"),
        ("consent", "yes", "true or false"),
        ("colour", 1, "unknown key"),
    ],
)
def test_field_of_wrong_kind_is_refused_by_name(name, value, fault):
    text = fault_of(FORM, {"fields": {**FILLED, name: value}})
    assert fault in text
    assert name in text


def advise(approach, *moves):
    return {
        "approach": approach,
        "moves": list(moves),
        "text": "話してくれてありがとう。",
    }


@pytest.mark.parametrize(
    ("answer", "seen", "credit"),
    [
        (advise("supervision", "feelings"), "met", 1),
        (advise("supervision", "feelings", "thanks"), "partly", 0.75),
        # What is needed is missing: (0.5 + 0) / 2.
        (advise("supervision", "thanks"), "not_met", 0.25),
        # A move of another approach is worth nothing: (1 + 0) / 2.
        (advise("supervision", "feelings", "options"), "partly", 0.5),
        # Coaching fits in part, its move is good, what is needed is missing.
        (advise("coaching", "options"), "not_met", 0.25),
        (advise("teaching", "rule"), "not_met", 0),
        (advise("supervision", "feelings", "blame"), "unsafe", 0),
    ],
)
def test_advice_is_fit_of_the_approach_times_quality_of_the_moves(answer, seen, credit):
    found = score(ADVICE, answer)
    assert (found.seen, found.credit) == (seen, credit)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (advise("scolding", "rule"), "none of teaching"),
        (advise("coaching"), "Choose 1 to 2"),
        (advise("coaching", "rule", "thanks", "options"), "Choose 1 to 2"),
        (advise("coaching", "hug"), "none of the moves"),
        ({**advise("coaching", "rule"), "text": "はい"}, "at least 10"),
        ({"approach": "coaching", "moves": ["rule"]}, "'text' is missing"),
    ],
)
def test_advice_of_wrong_shape_is_refused(answer, fault):
    assert fault in fault_of(ADVICE, answer)


@pytest.mark.parametrize("task", [PLAN, JUDGE, FORM, ADVICE])
@pytest.mark.parametrize("facts", [(), ("jobless",), ("tired", "jobless")])
def test_full_credit_is_the_best_and_first_of_answers_that_all_differ(task, facts):
    where = scope(*facts)
    answers = list(task.answers(where))
    scores = [score(task, answer, where) for answer in answers]
    assert answers[0] == task.full_credit(where)
    assert scores[0].credit == max(row.credit for row in scores)
    keyed = getattr(task, "keyed", ())
    shown = [(row.seen, row.kept(keyed)) for row in scores]
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize("task", [PLAN, JUDGE, FORM, ADVICE])
def test_answers_reach_everything_that_can_be_seen(task):
    shown = {task.score(row, EVERYTHING).seen for row in task.answers(EVERYTHING)}
    harms = task is not JUDGE
    assert shown == {"met", "partly", "not_met"} | ({"unsafe"} if harms else set())


def judged_by_the_directory(**client):
    """Return how a menu of the real directory is judged for a client."""
    document = make_document(
        client=client,
        facts={"card": {"text": "f"}},
        scenes={
            "hub": {
                "kind": "task",
                "task": "plan",
                "to": "hub",
                "scores": ["c"],
                "pool": [{"id": "apply"}],
                "needed": [{"id": "apply"}],
                "menus": [{"id": "aid", "listed_as": "public-assistance"}],
            }
        },
    )
    case = case_from_document({**document, **copy_listed(document, PROJECT_ROOT)})
    task = case.scenes["hub"].task
    where = scope_of(case, play_named(case, []).standing)
    found = task.score({"steps": [{"step": "apply", "menu": "aid"}]}, where)
    [part] = [row for row in found.parts if row.aspect == "eligibility"]
    return part


# The directory's menu asks for a status of the second table and for low income.
@pytest.mark.parametrize(
    ("client", "credit", "unmet"),
    [
        ({"status": "long-term", "low-income": True}, 1, ()),
        ({"status": "student"}, 0, ("public-assistance#status",)),
        ({"status": "permanent"}, 0.5, ("public-assistance#means",)),
        ({}, 0.5, ("public-assistance#status", "public-assistance#means")),
    ],
)
def test_menu_of_the_directory_is_judged_by_the_conditions_copied_from_it(
    client, credit, unmet
):
    part = judged_by_the_directory(**client)
    assert (part.credit, part.unmet) == (credit, unmet)


def test_what_is_said_of_the_client_may_wait_for_a_fact():
    part = judged_by_the_directory(
        status=[{"when": "fact.card", "is": "student"}, {"is": "unknown"}],
        **{"low-income": True},
    )
    assert (part.credit, part.unmet) == (0.5, ("public-assistance#status",))


def test_words_part_from_every_answer_and_a_field_may_be_called_reason():
    answer = {"fields": {"reason": {"text": "書いた"}, "kind": "home", "text": "job"}}
    action = {"type": "answer", "scene": "paper", "answer": answer}
    bare, texts = part_texts(action)
    assert texts == {"/answer/fields/reason/text": "書いた"}
    assert join_texts(bare, texts) == action
    erased = join_texts(bare, {})["answer"]["fields"]
    assert erased == {"reason": {"text": "▒▒▒"}, "kind": "home", "text": "job"}


def test_erased_words_of_a_plan_leave_its_score_as_it_was():
    plan = {
        "goals": ["home", {"text": "家族の安心"}],
        "steps": [*BEST["steps"][:2], {"text": "様子を見る", "goal": "own-1"}],
    }
    bare, texts = part_texts({"answer": plan})
    assert set(texts.values()) == {"家族の安心", "様子を見る"}
    erased = join_texts(bare, {})["answer"]
    assert score(PLAN, erased) == score(PLAN, plan)
