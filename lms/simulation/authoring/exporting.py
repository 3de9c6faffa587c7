"""A case as a Twee 3 story, and the list of everything that Twee has no place for."""

from collections.abc import Iterator
from uuid import NAMESPACE_URL, uuid5

from lms.simulation.authoring.twee import Link, Passage, write_twee
from lms.simulation.domain.case import (
    Case,
    Choice,
    DocumentScene,
    EndScene,
    RouteScene,
    Scene,
    TalkScene,
    TaskScene,
)

_SIGNS = str.maketrans({"[": "［", "]": "］", "|": "｜"})
"""Signs that end a link in Twee, as their wide forms."""


def export_twee(case: Case, language: str) -> tuple[str, list[str]]:
    """Return the file in one language, and one line for each thing that is lost."""
    passages = [_passage(case, scene, language) for scene in case.scenes.values()]
    title = (case.title and case.find_text(case.title, language)) or case.id
    ifid = str(uuid5(NAMESPACE_URL, f"case:{case.id}")).upper()
    return write_twee(title, case.start, passages, ifid), list(_lost(case, language))


def _passage(case: Case, scene: Scene, language: str) -> Passage:
    def said(text_id: str | None) -> str:
        return (text_id and case.find_text(text_id, language)) or ""

    links: tuple[Link, ...]
    if isinstance(scene, TalkScene):
        lines = [f"{_name(case, t.by, language)}: {said(t.text)}" for t in scene.turns]
        links = tuple(
            Link(said(choice.text).translate(_SIGNS).replace("->", "→"), choice.to)
            for choice in scene.choices.values()
        )
    elif isinstance(scene, RouteScene):
        lines = []
        links = tuple(Link(branch.to, branch.to) for branch in scene.branches)
    elif isinstance(scene, EndScene):
        lines, links = [said(scene.text)], ()
    elif isinstance(scene, DocumentScene):
        material = (said(m.text or m.alternative) for m in scene.material)
        lines = [said(scene.text), *material]
        links = (Link(scene.to, scene.to),)
    else:
        lines, links = [said(scene.prompt)], (Link(scene.to, scene.to),)
    text = "\n\n".join(line for line in lines if line)
    return Passage(scene.id, (scene.kind,), None, text, links, 0)


def _name(case: Case, person: str, language: str) -> str:
    name = case.people[person].name
    return (name and case.find_text(name, language)) or person


def _lost(case: Case, language: str) -> Iterator[str]:
    yield from (f"fact {name}" for name in case.facts)
    yield from (f"variable {name}" for name in case.variables)
    if case.clock is not None:
        yield f"clock: limit of {case.clock.limit} minutes"
    yield from (f"person {name}: role, languages" for name in case.people)
    for scene in case.scenes.values():
        yield from _lost_in(scene)
    yield from (f"omission for {row.evidence.criterion}" for row in case.omissions)
    yield from (f"blueprint: {row.criterion}" for row in case.blueprint)
    yield from (f"named play '{row.name}'" for row in case.tests)
    others = (name for name in case.offered_languages if name != language)
    yield from (f"texts in {name}" for name in others)


def _lost_in(scene: Scene) -> Iterator[str]:
    if isinstance(scene, TalkScene):
        yield from _lost_in_talk(scene)
    elif isinstance(scene, RouteScene):
        for branch in scene.branches:
            if branch.when is not None:
                yield f"route {scene.id}: condition of the way to {branch.to}"
    elif isinstance(scene, EndScene):
        yield f"end {scene.id}: outcome {scene.outcome}"
        if scene.follow_up is not None:
            yield f"end {scene.id}: follow-up"
    else:
        yield from _lost_in_page(scene)


def _lost_in_talk(scene: TalkScene) -> Iterator[str]:
    for turn in scene.turns:
        for what, is_there in (
            ("condition", turn.when is not None),
            ("interpreter", turn.via is not None),
            ("renderings", bool(turn.renderings)),
        ):
            if is_there:
                yield f"turn {turn.id}: {what}"
    for choice in scene.choices.values():
        yield from (f"choice {choice.id}: {what}" for what in _lost_of(choice))


def _lost_in_page(scene: DocumentScene | TaskScene) -> Iterator[str]:
    if isinstance(scene, TaskScene):
        yield f"task {scene.id}: {scene.task.kind} with its key and scores"
        if scene.comment is not None:
            yield f"task {scene.id}: comment"
    if _acts(scene.effects):
        yield f"{scene.kind} {scene.id}: effects"


def _lost_of(choice: Choice) -> Iterator[str]:
    for what, is_there in (
        ("condition", choice.when is not None),
        ("once", choice.is_once),
        ("effects", _acts(choice.effects)),
        ("evidence", bool(choice.evidence)),
        ("comment", choice.comment is not None),
    ):
        if is_there:
            yield what


def _acts(effects: object) -> bool:
    return effects != type(effects)()
