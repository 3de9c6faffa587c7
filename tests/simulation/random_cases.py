"""Small random cases: every draw can be built and has finitely many plays."""

from hypothesis import strategies as st

from tests.simulation.case_files import choice, end, make_case, talk

SCENES = ("s0", "s1", "s2")
CRITERIA = ("c1", "c2")
CONDITIONS = (
    None,
    "fact.f1",
    "not fact.f2",
    "trust >= 1",
    "trust < 2 and not fact.f1",
    "chose.s0.0 or visited.s2",
    "voice == son",
    "minutes > 3",
)
EFFECTS = (
    {"reveal": ["f1"]},
    {"reveal": ["f1", "f2"]},
    {"add": {"trust": 1}},
    {"add": {"trust": -1}},
    {"set": {"voice": "son"}},
    {"share": ["f1"]},
    {"note": "n"},
)
TRIAGE = {
    "kind": "task",
    "task": "triage",
    "bins": ["now", "later"],
    "items": ["a", "b"],
    "key": {"a": {"now": 1}, "b": {"later": 1, "now": 0.5}},
    "scores": ["c1"],
    "to": "close",
}
TURN = {
    "id": "turn",
    "by": "an",
    "text": "t",
    "via": "voice",
    "renderings": {"son": {"how": "shortened", "text": "t", "lose": ["f2"]}},
}


@st.composite
def _choices(draw, scene):
    count = draw(st.integers(1, 3))
    rows = []
    for number in range(count):
        # Costs are at least one minute, so that the clock ends every play.
        effects = draw(st.lists(st.sampled_from(EFFECTS), max_size=2))
        row = choice(
            f"{scene}.{number}",
            draw(st.sampled_from((*SCENES, "sort", "fork", "close"))),
            do=[*effects, {"clock": draw(st.integers(1, 3))}],
            once=draw(st.booleans()),
        )
        when = draw(st.sampled_from(CONDITIONS))
        if when is not None and number:
            row["when"] = when
        if draw(st.booleans()):
            seen = draw(st.sampled_from(("met", "partly", "not_met", "unsafe")))
            weight = draw(st.integers(1, 2))
            criterion = draw(st.sampled_from(CRITERIA))
            row["evidence"] = [{"for": criterion, "seen": seen, "weight": weight}]
        rows.append(row)
    return rows


@st.composite
def cases(draw):
    """Draw a case of three talks, a triage, a route and two ends."""
    limit = draw(st.integers(3, 6))
    scenes = {
        name: talk(*draw(_choices(name)), turns=[{**TURN, "id": f"{name}.t"}])
        for name in SCENES
    }
    return make_case(
        start="s0",
        people={
            "me": {"role": "trainee"},
            "an": {"role": "client", "speaks": {"vi": "fluent"}},
            "son": {"role": "relative", "speaks": {"vi": "fluent", "ja": "fluent"}},
        },
        facts={"f1": {"text": "f"}, "f2": {"text": "f"}},
        state={
            "trust": {"int": [0, 2], "start": 1},
            "voice": {"one_of": ["none", "son"], "start": "none"},
        },
        clock={"limit": limit, "on_limit": "late"},
        scenes={
            **scenes,
            "sort": TRIAGE,
            "fork": {
                "kind": "route",
                "routes": [{"when": "fact.f2", "to": "sort"}, {"to": "close"}],
            },
            "close": end(),
            "late": end("late"),
        },
        omissions=[{"when": "not fact.f2", "for": "c2", "seen": "not_met"}],
    )
