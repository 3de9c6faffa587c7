"""E6: nobody makes a critical error without a warning before and a word after."""

from lms.content.yaml_reader import Place
from lms.simulation.content import walk
from lms.simulation.content.checks.report import Report
from lms.simulation.content.walk import Row, rows_of
from lms.simulation.domain.case import Case, TalkScene
from lms.simulation.domain.search import Graph


def check_critical(report: Report) -> None:
    """Report critical evidence without cue, or without explanation."""
    for at in walk.choices(report.document):
        for row in at.value.get("evidence", ()):
            if _is_critical(row):
                has_word = "comment" in at.value or "because" in row
                _tell_critical(
                    report, at.place, f"choice '{at.value['id']}'", row, has_word
                )
    for at in rows_of(report.document, "omissions"):
        if _is_critical(at.value):
            what = f"the omission for '{at.value['for']}'"
            _tell_critical(report, at.place, what, at.value, "because" in at.value)
    for at in walk.scenes(report.document, "task"):
        if at.value.get("harmful") and not {"comment", "because"} & at.value.keys():
            report.warn(
                "E6",
                (*at.place, "harmful"),
                f"a harmful pick in '{at.place[-1]}' is critical, and nothing explains "
                "it; add 'comment' or 'because'",
            )


def _is_critical(row: Row) -> bool:
    return bool(row.get("critical", row["seen"] == "unsafe"))


def _tell_critical(
    report: Report, place: Place, what: str, row: Row, has_word: bool
) -> None:
    if not row.get("cue"):
        report.warn(
            "E6",
            place,
            f"{what} is critical without an earlier cue; name in 'cue' the turns or "
            "material that should have warned",
        )
    if not has_word:
        text = (
            f"{what} is critical, and nothing explains it; add 'because' or 'comment'"
        )
        report.warn("E6", place, text)


def check_cues(report: Report, case: Case, graph: Graph) -> None:
    """Report cues that no play meets before the critical act."""
    scenes = _scenes_of_cues(report.document)
    for scene in case.scenes.values():
        if not isinstance(scene, TalkScene):
            continue
        passed = _passed_before(graph, scene.id)
        for choice in scene.choices.values():
            cues = {
                cue for row in choice.evidence if row.is_critical for cue in row.cue
            }
            bits = [case.scenes[scenes[cue]].bit for cue in cues]
            if bits and not any(passed & bit for bit in bits):
                report.warn(
                    "E6",
                    report.acts[choice.id],
                    f"choice '{choice.id}' is critical, but its cues come in no play "
                    "before it; name turns or material met earlier",
                )


def _scenes_of_cues(document: Row) -> dict[str, str]:
    """Return the scene in which each turn and each material is met."""
    rows = [*walk.turns(document)]
    for scene in walk.scenes(document, "document"):
        rows += rows_of(document, *scene.place, "material")
    return {at.value["id"]: str(at.place[1]) for at in rows}


def _passed_before(graph: Graph, scene: str) -> int:
    """Return the bits of all scenes that some play passes on the way to one."""
    passed = 0
    for state in graph.states:
        if state.scene == scene:
            passed |= state.visited
    return passed
