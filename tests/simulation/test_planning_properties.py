"""Random answers and random plays of the case about a colleague."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lms.simulation.domain import play, play_named
from lms.simulation.domain.actions import Answer, Choose
from lms.simulation.domain.engine import Run, allowed_choices
from lms.simulation.domain.explore import explore
from lms.simulation.domain.moves import scope_of
from lms.simulation.domain.writing import join_texts, part_texts
from tests.simulation.case_files import advising_case

pytestmark = pytest.mark.long  # many plans for each law

CASE = advising_case()
PLAN, JUDGE, FORM, ADVICE = (
    CASE.scenes[name].task for name in ("plan", "judge", "paper", "advise")
)
BOUNDS = explore(CASE).criteria
OPTIONS = {slot: [row.id for row in rows] for slot, rows in PLAN.options.items()}


@st.composite
def plans(draw):
    """Draw a plan of the right shape."""
    goals = draw(st.lists(st.sampled_from(OPTIONS["goal"]), unique=True))
    steps = [row.id for row in PLAN.pool]
    chosen = draw(st.lists(st.sampled_from(steps), unique=True, min_size=2, max_size=4))
    rows = [{"step": name} for name in chosen]
    if draw(st.booleans()):
        rows.insert(draw(st.integers(0, len(rows))), {"text": draw(st.just("自分で"))})
    for row in rows:
        for slot, options in OPTIONS.items():
            known = goals if slot == "goal" else options
            value = draw(st.sampled_from([None, *known]))
            if value is not None:
                row[slot] = value
        row["agreed"] = draw(st.booleans())
    return {"goals": goals, "steps": rows}


@st.composite
def papers(draw):
    """Draw a paper filled in somehow."""
    values = {
        "reason": st.just({"text": "事情"}),
        "remark": st.just({"text": "なし"}),
        "kind": st.sampled_from(["home", "job", "other"]),
        "papers": st.lists(st.sampled_from(["lease", "pay", "faith"]), unique=True),
        "people": st.integers(1, 20),
        "consent": st.booleans(),
        "since": st.sampled_from(["2026-09-01", "2026-10-01"]),
    }
    filled = draw(st.lists(st.sampled_from(sorted(values)), unique=True))
    return {"fields": {name: draw(values[name]) for name in filled}}


JUDGEMENTS = st.fixed_dictionaries(
    {row.id: st.integers(-2, 2) for row in JUDGE.items}
).map(lambda judged: {"judgements": judged})
ADVICES = st.fixed_dictionaries(
    {
        "approach": st.sampled_from(sorted(ADVICE.fits)),
        "moves": st.lists(
            st.sampled_from(sorted(ADVICE.moves)), unique=True, min_size=1, max_size=2
        ),
        "text": st.just("話してくれてありがとう。"),
    }
)
ANSWERS = {"plan": plans(), "judge": JUDGEMENTS, "paper": papers(), "advise": ADVICES}


def reached(task, scope):
    """Return what the listed answers show, of the whole and of each aspect."""
    scores = [task.score(answer, scope) for answer in task.answers(scope)]
    shown = {("whole", score.seen) for score in scores}
    return shown | {row for score in scores for row in score.kept(_keyed(task))}


def _keyed(task):
    return getattr(task, "keyed", frozenset())


@given(data=st.data(), name=st.sampled_from(sorted(ANSWERS)))
@settings(max_examples=150, deadline=None)
def test_no_answer_shows_what_no_listed_answer_shows(data, name):
    task = CASE.scenes[name].task
    facts = data.draw(st.sampled_from([(), ("jobless",), ("tired", "jobless")]))
    agreed = data.draw(st.booleans())
    state = play_named(CASE, []).standing
    state = state._replace(facts=CASE.layout.mask(facts), values=(agreed,))
    scope = scope_of(CASE, state)
    answer = data.draw(ANSWERS[name])
    task.check(answer, scope)
    score = task.score(answer, scope)
    assert 0 <= score.credit <= task.score(task.full_credit(scope), scope).credit
    shown = {("whole", score.seen), *score.kept(_keyed(task))}
    assert shown <= reached(task, scope)


class Attempt(RuleBasedStateMachine):
    """An attempt that is played at random, replayed, and whose words are erased."""

    def __init__(self):
        super().__init__()
        self.run = Run(CASE)
        self.actions = []

    def take(self, action):
        self.run.take(action, len(self.actions))
        self.actions.append(action.to_dict())

    @rule(data=st.data())
    def act(self, data):
        scene = CASE.scenes[self.run.state.scene]
        if scene.kind == "task":
            self.take(Answer(scene.id, data.draw(ANSWERS[scene.id])))
        elif scene.kind == "talk":
            choices = allowed_choices(CASE, self.run.state)
            self.take(Choose(data.draw(st.sampled_from(choices)).id))

    @invariant()
    def recorded_actions_give_the_same_result(self):
        assert play(CASE, self.actions) == self.run.result()

    @invariant()
    def erased_words_change_nothing_that_was_seen(self):
        parted = [part_texts(action) for action in self.actions]
        assert [join_texts(*row) for row in parted] == self.actions
        erased = play(CASE, [join_texts(bare, {}) for bare, _ in parted])
        now = self.run.result()
        assert erased.observations == now.observations
        assert [s.score for s in erased.steps] == [s.score for s in now.steps]

    @invariant()
    def finished_plays_stay_inside_the_explored_bounds(self):
        result = self.run.result()
        if result.is_finished:
            for criterion, bounds in BOUNDS.items():
                rows = [r for r in result.observations if r.criterion == criterion]
                total = sum(row.weighted_score for row in rows)
                assert bounds.low <= total <= bounds.high


Attempt.TestCase.settings = settings(
    max_examples=25, stateful_step_count=14, deadline=None
)
TestAttempt = Attempt.TestCase
