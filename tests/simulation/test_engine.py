"""Playing a case."""

import pytest

from lms.simulation.domain import (
    Choose,
    PlayError,
    case_from_document,
    full_credit_answer,
    play,
    play_named,
)
from lms.simulation.domain.errors import (
    BrokenCaseError,
    CaseFinishedError,
    ChoiceNotAllowedError,
    MalformedActionError,
    MalformedAnswerError,
    UnknownChoiceError,
    WrongSceneError,
)
from lms.simulation.domain.plain import result_to_dict
from tests.simulation.case_files import (
    CASES,
    choice,
    clean_case,
    end,
    make_case,
    read_document,
    talk,
)

CLEAN = clean_case()
FULL = CLEAN.tests[0].play


def choose(*names):
    return [{"type": "choose", "choice": name} for name in names]


def test_start_offers_the_first_scene():
    result = play(CLEAN, [])
    assert (result.scene, result.kind, result.minutes) == ("hello", "talk", 0)
    assert [row.id for row in result.choices] == ["hello.call", "hello.rush"]
    assert [row.minutes for row in result.choices] == [5, 2]
    assert result.limit == 40
    assert result.steps == ()


def test_effects_change_state_and_clock():
    result = play(CLEAN, choose("hello.call", "talk.bill"))
    assert result.state == {"trust": 2, "voice": "rui", "agreed": False}
    assert result.minutes == 10
    [fact] = result.facts
    assert (fact.fact, fact.minute, fact.position, fact.scene) == (
        "bill",
        10,
        1,
        "talk",
    )


def test_sum_stays_inside_its_bounds():
    case = make_case(
        state={"trust": {"int": [0, 1], "start": 1}},
        scenes={"hub": talk(choice("more", "hub", do=[{"add": {"trust": 5}}]))},
    )
    assert play(case, choose("more", "more")).state == {"trust": 1}


def test_step_tells_what_was_shown_and_what_came_of_it():
    step = play(CLEAN, choose("hello.call")).steps[0]
    assert (step.position, step.scene, step.to) == (0, "hello", "talk")
    assert (step.minutes_before, step.minutes_after) == (0, 5)
    assert [turn.text for turn in step.turns] == ["t.hello"]


def test_turn_via_interpreter_says_who_and_how():
    [turn] = play(CLEAN, choose("hello.call")).turns
    assert (turn.by, turn.language, turn.via, turn.how) == (
        "ana",
        "pt",
        "rui",
        "faithful",
    )
    assert turn.heard == "t.talk"
    assert turn.is_followed


def test_turn_in_a_language_that_nobody_interprets_is_not_followed():
    case = make_case(
        people={"me": {"role": "trainee"}, "an": {"role": "client"}},
        scenes={
            "hub": talk(
                choice("on", "hub"),
                turns=[{"id": "h.1", "by": "an", "text": "t", "in": "vi"}],
            )
        },
    )
    [turn] = play(case, []).turns
    assert (turn.via, turn.how, turn.is_followed) == (None, None, False)


def lossy_case():
    return make_case(
        people={
            "me": {"role": "trainee"},
            "an": {"role": "client", "speaks": {"vi": "fluent"}},
            "son": {"role": "relative", "speaks": {"vi": "fluent", "ja": "fluent"}},
            "line": {"role": "interpreter", "speaks": {"vi": "fluent", "ja": "fluent"}},
        },
        facts={"debt": {"text": "f.debt"}},
        state={"voice": {"one_of": ["none", "son", "line"], "start": "son"}},
        scenes={
            "hub": talk(
                choice("ask", "hub", do=[{"reveal": ["debt"]}]),
                choice("call", "hub", do=[{"set": {"voice": "line"}}]),
                turns=[
                    {
                        "id": "h.1",
                        "by": "an",
                        "text": "t.1",
                        "via": "voice",
                        "when": "fact.debt",
                        "renderings": {
                            "son": {"how": "left_out", "lose": ["debt"]},
                            "line": {"how": "faithful", "text": "t.1"},
                        },
                    }
                ],
            )
        },
    )


def test_rendering_keeps_a_fact_from_the_trainee():
    result = play(lossy_case(), choose("ask"))
    assert result.known_facts == ()
    assert result.steps[0].lost == ("debt",)
    [turn] = result.turns
    assert (turn.via, turn.how, turn.heard, turn.lost) == (
        "son",
        "left_out",
        None,
        ("debt",),
    )


def test_what_is_known_already_is_not_lost_again():
    result = play(lossy_case(), choose("call", "ask"))
    assert result.known_facts == ("debt",)


def test_once_choice_is_gone_after_it_was_made():
    result = play(CLEAN, choose("hello.call", "talk.bill"))
    assert "talk.bill" not in [row.id for row in result.choices]
    with pytest.raises(ChoiceNotAllowedError, match=r"Action 3.*talk\.bill"):
        play(CLEAN, choose("hello.call", "talk.bill", "talk.bill"))


def test_choice_that_is_not_allowed_may_be_shown_grey():
    case = make_case(
        facts={"key": {"text": "f"}},
        scenes={
            "hub": talk(
                choice("open", "hub", when="fact.key", when_not="greyed"),
                choice("peep", "hub", when="fact.key"),
                choice("wait", "hub"),
            )
        },
    )
    offered = {row.id: row.is_allowed for row in play(case, []).choices}
    assert offered == {"open": False, "wait": True}


def test_route_scene_is_passed_without_a_page():
    result = play_named(CLEAN, FULL[:7])
    assert result.scene == "refer"
    case = make_case(
        scenes={
            "hub": talk(choice("go", "fork")),
            "fork": {
                "kind": "route",
                "routes": [{"when": "visited.fork", "to": "seen"}, {"to": "hub"}],
            },
            "seen": end(),
        }
    )
    assert play(case, choose("go")).scene == "seen"


def test_route_that_leads_round_is_a_fault_of_the_case():
    loop = {"kind": "route", "routes": [{"to": "hub"}]}
    with pytest.raises(BrokenCaseError, match="'hub'"):
        play(make_case(scenes={"hub": loop}), [])


def test_full_credit_play_sees_everything_met():
    result = play_named(CLEAN, FULL)
    assert [(o.criterion, o.seen.value, o.source) for o in result.observations] == [
        ("listens", "met", "choice"),
        ("listens", "met", "choice"),
        ("plans", "met", "task"),
        ("plans", "met", "task"),
    ]
    assert result.observations[1].weighted_score == 4
    assert result.pending[0].criteria == ("plans",)


def test_note_goes_into_the_notebook():
    [note] = play_named(CLEAN, FULL[:6]).notes
    assert (note.text, note.scene, note.position) == ("n.letter", "letter", 5)


def test_limit_is_passed_only_when_more_than_the_limit_has_gone_by():
    def ends(cost):
        return play(
            make_case(
                clock={"limit": 10, "on_limit": "late"},
                scenes={
                    "hub": talk(
                        choice(
                            "go",
                            "done",
                            do=[{"clock": cost}],
                            evidence=[{"for": "c", "seen": "met"}],
                        )
                    ),
                    "done": end(),
                    "late": end("late"),
                },
            ),
            choose("go"),
        )

    assert ends(10).scene == "done"
    late = ends(11)
    assert (late.scene, late.outcome, len(late.observations)) == ("late", "late", 1)


def test_limit_acts_once_so_that_the_case_can_go_on_after_it():
    case = make_case(
        clock={"limit": 1, "on_limit": "late"},
        scenes={
            "hub": talk(choice("go", "hub", do=[{"clock": 2}])),
            "late": talk(choice("sorry", "done", do=[{"clock": 2}])),
            "done": end(),
        },
    )
    assert play(case, choose("go", "sorry")).scene == "done"


def test_limit_without_a_scene_is_only_shown():
    case = make_case(
        clock={"limit": 1},
        scenes={"hub": talk(choice("go", "hub", do=[{"clock": 5}]))},
    )
    result = play(case, choose("go"))
    assert (result.scene, result.minutes, result.limit) == ("hub", 5, 1)


def test_omission_is_seen_at_the_end_only():
    hurry = CLEAN.tests[1].play
    assert not [
        row
        for row in play_named(CLEAN, hurry[:-1]).observations
        if row.source == "omission"
    ]
    last = play_named(CLEAN, hurry).observations[-1]
    assert (last.source, last.scene, last.position, last.because) == (
        "omission",
        "done",
        5,
        "e.missed",
    )


def test_evidence_may_depend_on_what_is_known_as_the_choice_is_made():
    case = make_case(
        facts={"bill": {"text": "f"}},
        scenes={
            "hub": talk(
                choice(
                    "ask",
                    "hub",
                    do=[{"reveal": ["bill"]}],
                    evidence=[
                        {"for": "c", "seen": "partly", "when": "fact.bill"},
                        {"for": "c", "seen": "met", "when": "not fact.bill"},
                    ],
                )
            )
        },
    )
    seen = [row.seen.value for row in play(case, choose("ask", "ask")).observations]
    assert seen == ["met", "partly"]


def test_unsafe_is_critical_without_saying_so():
    case = make_case(
        scenes={
            "hub": talk(
                choice("a", "hub", evidence=[{"for": "c", "seen": "unsafe"}]),
                choice("b", "hub", evidence=[{"for": "c", "seen": "not_met"}]),
            )
        }
    )
    result = play(case, choose("a", "b"))
    assert [row.is_critical for row in result.observations] == [True, False]


def test_choice_may_share_a_fact():
    case = make_case(
        facts={"bill": {"text": "f"}},
        scenes={
            "hub": talk(choice("tell", "hub", do=[{"share": ["bill"], "with": "p"}]))
        },
    )
    [row] = play(case, choose("tell")).shared
    assert (row.fact, row.partner, row.position) == ("bill", "p", 0)


def test_referral_shares_what_the_answer_says():
    result = play_named(CLEAN, FULL[:8])
    assert [(row.fact, row.partner) for row in result.shared] == [("bill", "police")]


def test_metadata_of_actions_changes_nothing():
    bare = choose("hello.call", "talk.bill")
    dressed = [{**row, "id": str(n), "at": "now", "language": "en"} for n, row in
               enumerate(bare)]  # fmt: skip
    assert play(CLEAN, dressed) == play(CLEAN, bare)
    assert play(CLEAN, [Choose("hello.call"), Choose("talk.bill")]) == play(CLEAN, bare)


@pytest.mark.parametrize(
    ("action", "error", "said"),
    [
        ({"type": "choose", "choice": "nope"}, UnknownChoiceError, "hello.call"),
        ({"type": "choose", "choice": "talk.go"}, UnknownChoiceError, "hello"),
        ({"type": "read", "scene": "letter"}, WrongSceneError, "a choice"),
        ({"type": "answer", "scene": "sort", "answer": {}}, WrongSceneError, "hello"),
        ({"type": "jump"}, MalformedActionError, "choose, read or answer"),
        ({"choice": "x"}, MalformedActionError, "None"),
        ({"type": "choose"}, MalformedActionError, "'choice' is missing"),
        ({"type": "choose", "choice": 3}, MalformedActionError, "must be an id"),
        (
            {"type": "choose", "choice": "hello.call", "why": ""},
            MalformedActionError,
            "unknown key 'why'",
        ),
        ("hello.call", MalformedActionError, "an object"),
    ],
)
def test_impossible_first_action_is_refused_with_its_place(action, error, said):
    with pytest.raises(error, match="Action 1") as caught:
        play(CLEAN, [action])
    assert said in str(caught.value)
    assert caught.value.status == 422


def test_nothing_follows_an_end():
    with pytest.raises(CaseFinishedError, match=r"Action 10.*'late'"):
        play_named(CLEAN, [*FULL, "write"])


def test_answer_for_another_task_is_refused():
    actions = [step.action for step in play_named(CLEAN, FULL[:6]).steps]
    with pytest.raises(WrongSceneError, match="'sort'"):
        play(CLEAN, [*actions, {"type": "answer", "scene": "write", "answer": {}}])


def test_malformed_answer_names_task_and_fault():
    with pytest.raises(
        MalformedAnswerError, match=r"Action 7, task 'sort': item 'rent'"
    ):
        play_named(CLEAN, [*FULL[:6], {"sort": {"rent": "never", "school": "later"}}])


def test_refused_action_names_the_base_of_all_refusals():
    with pytest.raises(PlayError):
        play(CLEAN, choose("nope"))


def test_full_credit_answer_is_only_given_for_a_task():
    assert full_credit_answer(CLEAN, play_named(CLEAN, FULL[:6])) == {
        "rent": "today",
        "school": "later",
    }
    with pytest.raises(WrongSceneError):
        full_credit_answer(CLEAN, play(CLEAN, []))


def test_cost_can_be_seen_before_acting():
    assert CLEAN.preview_minutes("talk.bill") == 5
    assert CLEAN.preview_minutes("refer") == 10
    with pytest.raises(KeyError):
        CLEAN.preview_minutes("done")


def test_text_falls_back_to_the_source_language():
    assert CLEAN.find_text("t.hello", "en") == "Good morning."
    assert CLEAN.find_text("t.hello", "pt") == "こんにちは。"
    assert CLEAN.find_text("t.nothing", "en") is None


def test_case_is_rebuilt_from_plain_json():
    document = read_document(CASES / "clean")
    again = case_from_document(document)
    assert play_named(again, FULL) == play_named(CLEAN, FULL)


def test_result_can_be_written_as_json():
    plain = result_to_dict(play_named(CLEAN, FULL))
    assert plain["finished"] is True
    assert plain["steps"][6]["score"]["parts"][0] == {
        "id": "rent",
        "credit": 1.0,
        "because": None,
    }
