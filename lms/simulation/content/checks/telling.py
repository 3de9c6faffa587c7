"""F2 and F3: nothing tells what is not known yet, and nothing sensitive goes unasked.

A text tells a fact if it says so (`tells`), if it is the fact's own text, or if the
fact's words stand in it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from lms.content.yaml_reader import Place
from lms.simulation.content import walk
from lms.simulation.content.checks.report import Report
from lms.simulation.content.walk import Row
from lms.simulation.domain import moves
from lms.simulation.domain.case import Case, DocumentScene, TalkScene
from lms.simulation.domain.conditions import Condition
from lms.simulation.domain.search import Graph
from lms.simulation.domain.state import State

_LEAST_WORDS = 8  # characters of a fact's text that cannot stand in another by chance
_AT_ONCE = frozenset({"choice", "scene"})

Told = Mapping[str, int]
"""Bits of the facts told, by the id of what tells them."""


def check_telling(report: Report, case: Case, graph: Graph) -> None:
    """Report what tells a fact too early, and sensitive facts told unasked."""
    _check_early(report, case, graph)
    _check_unasked(report, case, graph)


def _check_early(report: Report, case: Case, graph: Graph) -> None:
    told = _told_by(report.document, case)
    places = {at.value["id"]: at.place for at in walk.turns(report.document)}
    places |= dict(report.acts)
    if not any(told.values()):
        return
    found: set[str] = set()
    for number, state in enumerate(graph.states):
        for teller, known in _shown(case, state):
            early = told.get(teller, 0) & ~known
            if early and teller not in found:
                found.add(teller)
                facts = ", ".join(case.layout.list_facts(early))
                report.error(
                    "F2",
                    places[teller.removesuffix(_COMMENT)],
                    f"'{teller}' tells {facts} before it is known; add a 'when', "
                    "or let the words say less",
                    play=graph.play_to(number),
                )


_COMMENT = " (comment)"


def _shown(case: Case, state: State) -> Iterator[tuple[str, int]]:
    """Return what a page may show, with the facts known while it does."""
    scene = case.scenes[state.scene]
    if isinstance(scene, TalkScene):
        for view in moves.see_turns(case, state):
            if view.how in (None, "faithful"):
                yield view.id, state.facts
        for choice in scene.choices.values():
            if choice.is_greyed or moves.is_allowed(choice, state):
                yield choice.id, state.facts
            if moves.is_allowed(choice, state):
                after = state.facts | choice.effects.reveal_mask
                yield choice.id + _COMMENT, after
    elif isinstance(scene, DocumentScene):
        yield scene.id, state.facts | scene.effects.reveal_mask


def _told_by(document: Row, case: Case) -> Told:
    source = document["texts"].get(document["languages"]["source"], {})
    words = {
        name: (row["text"], source.get(row["text"], {}).get("text", ""))
        for name, row in document.get("facts", {}).items()
    }

    # Words shared by several facts, or very few, say nothing about any one of them.
    telling = Counter(text for _, text in words.values() if len(text) >= _LEAST_WORDS)

    def facts_in(text_id: str, tells: list[str]) -> int:
        text = source.get(text_id, {}).get("text", "")
        found = {
            name
            for name, (fact_id, fact_text) in words.items()
            if text_id == fact_id
            or (telling[fact_text] == 1 and fact_text.rstrip("。.") in text)
        }
        return case.layout.mask(found | set(tells))

    told = {}
    for _, row in walk.turns(document):
        told[row["id"]] = facts_in(row["text"], row.get("tells", []))
    for _, row in walk.choices(document):
        told[row["id"]] = facts_in(row["text"], row.get("tells", []))
        comment = row.get("comment")
        if comment and comment.get("show") in _AT_ONCE:
            tells = comment.get("tells", [])
            told[row["id"] + _COMMENT] = facts_in(comment["text"], tells)
    for place, row in walk.scenes(document, "document"):
        told[str(place[-1])] = 0
        for material in row["material"]:
            if "text" in material:
                tells = material.get("tells", [])
                told[str(place[-1])] |= facts_in(material["text"], tells)
    return told


def _check_unasked(report: Report, case: Case, graph: Graph) -> None:
    """F3: something sensitive is told with neither consent nor evidence."""
    asked = _consents(case)
    sensitive = case.layout.mask(
        fact.id
        for fact in case.facts.values()
        if fact.is_sensitive and not fact.may_share
    )
    found: set[str] = set()
    for number, state in enumerate(graph.states):
        scene = case.scenes[state.scene]
        for choice in scene.choices.values() if isinstance(scene, TalkScene) else ():
            if choice.id in found or not choice.effects.share_mask & sensitive:
                continue
            if not moves.is_allowed(choice, state) or any(
                when(state) for when in asked
            ):
                continue
            if not any(moves.evidence_of(choice, state)):
                found.add(choice.id)
                facts = case.layout.list_facts(choice.effects.share_mask & sensitive)
                report.warn(
                    "F3",
                    report.acts[choice.id],
                    f"choice '{choice.id}' tells {', '.join(facts)}, which is "
                    "sensitive, without consent, and no evidence says so; add "
                    "evidence, or ask for consent on the way",
                    play=graph.play_to(number),
                )
    _check_unscored(report, sensitive)


def _consents(case: Case) -> list[Condition]:
    """Return what the tasks of the case hold consent to be."""
    found = []
    for scene in case.scenes.values():
        task = getattr(scene, "task", None)
        consent = getattr(task, "consent", None)
        if consent is not None:
            found.append(consent)
    return found


def _check_unscored(report: Report, sensitive: int) -> None:
    for place, scene in walk.scenes(report.document, "task"):
        asks = scene.get("ask", ())
        if scene["task"] != "referral" or "what_is_shared" not in asks or not sensitive:
            continue
        if not scene.get("scores") and scene.get("scored_by") != "person":
            where: Place = (*place, "ask")
            report.warn(
                "F3",
                where,
                "this referral can tell sensitive facts without consent, and nothing "
                "is concluded from it; add 'scores'",
            )
