"""A made-up case of a fixed size, for measuring the search of states.

Sixty scenes, twelve facts, four state variables, and a hub with twelve once-choices
open at the same time, each of whose evidence hangs on another fact. After the hub come
chapters of short talks with documents, tasks and forks; a third of the facts is read
there, and by omissions at the end. Were all twelve read at the end, their 4,096 sets
would have to be carried through every scene, and the search would stop at its cap.
"""

import random
from typing import Any

from lms.simulation.domain import Case
from lms.simulation.domain.document import case_from_document

SEED = 20261126
SCENES, FACTS, ONCE = 60, 12, 12
_CHAPTER = ("talk", "talk", "document", "talk", "task", "talk", "route")


def make_reference_case(seed: int = SEED) -> Case:
    """Return the case; the same seed gives the same case."""
    return case_from_document(reference_document(seed))


def reference_document(seed: int = SEED) -> dict[str, Any]:
    """Return the case as it would be published, without texts."""
    chance = random.Random(seed)
    names = [f"s{number}" for number in range(SCENES - 4)]
    scenes: dict[str, Any] = {"hub": _hub(chance, names[0])}
    for number, name in enumerate(names[:-1]):
        kind = _CHAPTER[number % len(_CHAPTER)]
        scenes[name] = _scene(chance, kind, name, names[number + 1])
    scenes[names[-1]] = {
        "kind": "route",
        "routes": [
            {"when": "fact.f0 and trust >= 3", "to": "well"},
            {"when": "not consent", "to": "unasked"},
            {"to": "halfway"},
        ],
    }
    for name in ("well", "halfway", "unasked"):
        scenes[name] = {"kind": "end", "outcome": name}
    return {
        "format": "case/1",
        "id": "reference",
        "version": 1,
        "languages": {"source": "ja", "offered": ["ja"]},
        "people": {
            "me": {"role": "trainee"},
            "client": {"role": "client", "speaks": {"ja": "fluent"}},
        },
        "facts": {f"f{number}": {"text": f"f.{number}"} for number in range(FACTS)},
        "state": {
            "trust": {"int": [0, 4], "start": 2},
            "voice": {"one_of": ["none", "line", "friend"], "start": "none"},
            "consent": {"bool": True, "start": False},
            "mood": {"one_of": ["calm", "tense"], "start": "calm"},
        },
        "clock": {"limit": 600, "unit": "virtual_minute"},
        "start": "hub",
        "scenes": scenes,
        "omissions": [
            {"when": f"not fact.f{number}", "for": "finds", "seen": "not_met"}
            for number in range(3)
        ],
        "texts": {},
    }


def _hub(chance: random.Random, following: str) -> dict[str, Any]:
    asked = [
        {
            "id": f"ask.{number}",
            "text": f"c.ask.{number}",
            "once": True,
            "do": [{"reveal": [f"f{number}"]}, {"clock": chance.randint(2, 6)}],
            "evidence": _evidence(chance, number),
            "to": "hub",
        }
        for number in range(ONCE)
    ]
    leave = {"id": "hub.go", "text": "c.go", "when": "fact.f0 or fact.f1"}
    return {"kind": "talk", "choices": [*asked, {**leave, "to": following}]}


def _evidence(chance: random.Random, number: int) -> list[dict[str, Any]]:
    """Let what a question shows hang on another fact: known before, or not."""
    other = f"fact.f{(number + chance.randint(1, FACTS - 1)) % FACTS}"
    return [
        {"for": "finds", "seen": "met", "when": other},
        {"for": "finds", "seen": "partly", "when": f"not {other}"},
    ]


def _scene(chance: random.Random, kind: str, name: str, following: str) -> Any:
    if kind == "document":
        material = [{"id": f"{name}.page", "text": f"m.{name}"}]
        cost = [{"clock": 3}]
        return {"kind": kind, "material": material, "do": cost, "to": following}
    if kind == "task":
        return {
            "kind": kind,
            "task": "triage",
            "bins": ["now", "later"],
            "items": ["a", "b"],
            "key": {"a": {"now": 1}, "b": {"later": 1, "now": 0.5}},
            "scores": ["sorts"],
            "do": [{"clock": 4}],
            "to": following,
        }
    if kind == "route":
        way = {"when": "mood == tense and trust <= 1", "to": "unasked"}
        return {"kind": kind, "routes": [way, {"to": following}]}
    effects = [
        [{"add": {"trust": 1}}, {"clock": 5}],
        [{"add": {"trust": -1}}, {"set": {"mood": "tense"}}, {"clock": 1}],
        [{"set": {"voice": chance.choice(["line", "friend"])}}, {"clock": 3}],
        [{"set": {"consent": True, "mood": "calm"}}, {"clock": 4}],
    ]
    picked = chance.sample(effects, 2)
    seen = ["met", "not_met"]
    choices: list[dict[str, Any]] = [
        {
            "id": f"{name}.{number}",
            "text": f"c.{name}.{number}",
            "do": row,
            "evidence": [{"for": "talks", "seen": seen[number]}],
            "to": following,
        }
        for number, row in enumerate(picked)
    ]
    if chance.random() < 1 / 3:
        choices[0]["when"] = f"fact.f{chance.randrange(4)} or voice == line"
    return {"kind": "talk", "choices": choices}
