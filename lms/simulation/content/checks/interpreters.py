"""I1 and I2: whoever speaks is understood, or somebody interprets."""

from collections.abc import Iterator

from lms.content.yaml_reader import Place
from lms.simulation.content import walk
from lms.simulation.content.checks.report import Report
from lms.simulation.domain.case import NOBODY, Case, Scene, TalkScene, Turn
from lms.simulation.domain.moves import interpreter_of
from lms.simulation.domain.search import Graph

_PARTIAL = frozenset({"relative", "friend", "client", "employer"})
_GROWN = 18


def check_interpreters(report: Report, case: Case, graph: Graph) -> None:
    """Report turns that the trainee cannot follow, always or in some state."""
    places = {at.value["id"]: at.place for at in walk.turns(report.document)}
    _check_languages(report, case, places)
    _check_reach(report, case, graph)
    interpreted = {
        scene.id: _interpreted(case, scene) for scene in case.scenes.values()
    }
    found: set[tuple[str, str]] = set()
    for number, state in enumerate(graph.states):
        for turn in interpreted[state.scene]:
            if turn.when is not None and not turn.when(state):
                continue
            via = interpreter_of(case, turn, state)
            fault = _fault(case, turn, via)
            if fault and (turn.id, via) not in found:
                found.add((turn.id, via))
                report.error(
                    "I2",
                    (*places[turn.id], "via"),
                    f"turn '{turn.id}' goes via '{turn.via}', {fault}",
                    play=graph.play_to(number),
                )


def _check_languages(report: Report, case: Case, places: dict[str, Place]) -> None:
    trainee = case.trainee
    for scene in case.scenes.values():
        for turn in scene.turns if isinstance(scene, TalkScene) else ():
            is_own = turn.by == trainee.id
            if turn.via is None and not is_own and turn.language not in trainee.speaks:
                report.error(
                    "I1",
                    places[turn.id],
                    f"turn '{turn.id}' is in '{turn.language}', which the trainee does "
                    "not follow, and nobody interprets; add 'via', or let it be said "
                    f"in {' or '.join(trainee.speaks)}",
                )


def _check_reach(report: Report, case: Case, graph: Graph) -> None:
    """I3: for whoever needs an interpreter, some play comes to a fitting one."""
    had = {
        str(state.values[case.layout.variables[name]])
        for name in {turn.via for turn in _turns(case) if turn.via is not None}
        for state in graph.states
    }
    for person in case.people.values():
        needed = {
            turn.language
            for turn in _turns(case)
            if turn.by == person.id and turn.language not in case.trainee.speaks
        }
        is_needy = person.role == "client" and needed
        if is_needy and not any(_fits(case, other, needed) for other in had):
            report.warn(
                "I3",
                ("people", person.id),
                f"'{person.id}' needs an interpreter, and no play comes to a fitting "
                "one (fluent in both languages, neither family nor a child); let one "
                "be called",
            )


def _fits(case: Case, name: str, needed: set[str]) -> bool:
    person = case.people.get(name)
    if person is None or person.role in _PARTIAL:
        return False
    is_grown = person.age is None or person.age >= _GROWN
    fluent = {
        language for language, level in person.speaks.items() if level == "fluent"
    }
    return is_grown and needed <= fluent and bool(fluent & set(case.trainee.speaks))


def _turns(case: Case) -> Iterator[Turn]:
    for scene in case.scenes.values():
        yield from scene.turns if isinstance(scene, TalkScene) else ()


def _interpreted(case: Case, scene: Scene) -> tuple[Turn, ...]:
    """Return the turns of a scene that need their interpreter."""
    followed = case.trainee.speaks
    turns = scene.turns if isinstance(scene, TalkScene) else ()
    return tuple(t for t in turns if t.via is not None and t.language not in followed)


def _fault(case: Case, turn: Turn, via: str) -> str | None:
    """Return what is wrong with `via` as the interpreter of `turn`."""
    if via == NOBODY:
        return (
            "which is 'none' here; choose an interpreter before, or give the turn a "
            "'when' and another one that the trainee can follow"
        )
    if turn.renderings and via not in turn.renderings:
        return f"which is '{via}' here, who has no rendering; write one"
    speaks = case.people[via].speaks
    if turn.language not in speaks or not set(speaks) & set(case.trainee.speaks):
        return (
            f"which is '{via}' here, who does not speak '{turn.language}' and a "
            "language of the trainee; correct 'speaks' or 'via'"
        )
    return None
