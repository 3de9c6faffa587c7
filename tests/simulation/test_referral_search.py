"""The referrals that a search goes through stand for all that can be made."""

from itertools import chain, combinations, product

import pytest

from lms.simulation.domain import moves
from lms.simulation.domain.tasks.referral import ReferralTask
from tests.simulation.case_files import choice, end, make_case, talk

PARTNERS = ("desk", "clinic", "school", "police", "bank")


def subsets(rows):
    """Return every part of `rows`, the empty one too."""
    return chain.from_iterable(combinations(rows, n) for n in range(len(rows) + 1))


def referral_case(low, high, aspects, *, is_agreed):
    """Return a case whose referral comes after three facts, one of them watched."""
    refer = {
        "kind": "task",
        "task": "referral",
        "directory": list(PARTNERS),
        "pick": {"min": low, "max": high},
        "ask": ["reason", "consent", "what_is_shared", "follow_up"],
        "fit": dict(
            zip(PARTNERS, ["good", "partial", "poor", "good", "poor"], strict=True)
        ),
        "may_share": ["rent"],
        "needs": {"consent": "agreed"},
        "scores": ["refers"],
        "aspects": {name: {"scores": [name]} for name in aspects},
        "to": "told",
    }
    told = {
        "kind": "route",
        "routes": [{"when": "shared.fear", "to": "worse"}, {"to": "done"}],
    }
    go = choice("go", "refer", do=[{"reveal": ["rent", "fear", "debt"]}])
    return make_case(
        facts={
            "rent": {"text": "f.rent"},
            "fear": {"text": "f.fear", "sensitive": True},
            "debt": {"text": "f.debt"},
        },
        state={"agreed": {"bool": True, "start": is_agreed}},
        scenes={
            "hub": talk(go),
            "refer": refer,
            "told": told,
            "done": end(),
            "worse": end("worse"),
        },
    )


@pytest.mark.parametrize("is_agreed", [False, True])
@pytest.mark.parametrize("aspects", [(), ("addressee", "sharing"), ("consent",)])
@pytest.mark.parametrize(("low", "high"), [(0, 1), (1, 1), (1, 2), (2, 4)])
def test_search_meets_all_that_referrals_of_one_care_can_show(
    low, high, aspects, is_agreed
):
    case = referral_case(low, high, aspects, is_agreed=is_agreed)
    task = case.scenes["refer"].task
    facts = case.layout.mask(case.facts)
    scope = moves.scope_of(case, moves.begin(case).state._replace(facts=facts))

    def shown(answer):
        score = task.score(answer, scope)
        told = {share.fact for share in task.shares(answer)} & scope.watched
        return score.seen, score.kept(task.keyed), frozenset(told)

    def all_answers():
        for partners in subsets(PARTNERS):
            if low <= len(partners) <= high:
                filled = product(("", "x"), (False, True), subsets(case.facts), "- ")
                for reason, consent, told, after in filled:
                    row = {
                        "reason": reason,
                        "consent": consent,
                        "share": list(told),
                        "follow_up": after.strip(),
                    }
                    yield {"referrals": [{"partner": p, **row} for p in partners]}

    # Which aspect is looked after counts by number alone, unless some is keyed.
    found = [shown(answer) for answer in task.answers(scope)]
    assert len(found) == len(set(found))
    assert set(found) == {shown(answer) for answer in all_answers()}
    for answer in task.answers(scope):
        task.check(answer, scope)


def test_referral_of_four_is_scored_once_for_each_fit_and_care(monkeypatch):
    case = referral_case(1, 4, ("addressee", "sharing", "consent"), is_agreed=True)
    task = case.scenes["refer"].task
    state = moves.begin(case).state._replace(facts=case.layout.mask(case.facts))
    scope = moves.scope_of(case, state)
    judged = []
    judge = ReferralTask.judge

    def counted(self, fits, cared, *, is_unsafe):
        judged.append((tuple(fits), tuple(cared), is_unsafe))
        return judge(self, fits, cared, is_unsafe=is_unsafe)

    monkeypatch.setattr(ReferralTask, "judge", counted)
    list(task.answers(scope))
    # The first one is the answer for full credit, scored as any other.
    assert len(judged[1:]) == len(set(judged[1:]))
