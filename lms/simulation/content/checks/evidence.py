"""E1, E2 and E9: what a case promises to show can be seen, and fits its rubric."""

from collections.abc import Iterator

from lms.content.kinds import ContentIndex
from lms.content.yaml_reader import Place
from lms.simulation.content import walk
from lms.simulation.content.checks.paths import SAMPLED
from lms.simulation.content.checks.report import Report
from lms.simulation.content.walk import At, Row, rows_of
from lms.simulation.domain.explore import ExploreResult
from lms.simulation.domain.figures import CriterionFigures
from lms.simulation.domain.shortest import shortest_route_below


def check_rubric(report: Report, index: ContentIndex) -> None:
    """Report references that lead nowhere, and criteria that the rubric lacks."""
    for kind in ("framework", "rubric"):
        named = report.document[kind]
        found = index.find(kind, named["id"])
        if found is None:
            text = f"there is no {kind} '{named['id']}'; correct the name"
            report.error("S1", (kind, "id"), text)
        elif found.document["version"] != named["version"]:
            report.error(
                "S1",
                (kind, "version"),
                f"{kind} '{named['id']}' has version {found.document['version']!r}; "
                f"hold the case against it, then write this instead of "
                f"{named['version']!r}",
            )
    rubric = index.find("rubric", report.document["rubric"]["id"])
    if rubric is not None:
        known = [row["id"] for row in rubric.document["criteria"]]
        for place, criterion in _criteria(report.document):
            if criterion not in known:
                report.error(
                    "E9",
                    place,
                    f"the rubric has no criterion '{criterion}'; it has "
                    + ", ".join(known),
                )


def check_scored(report: Report) -> None:
    """Report what says that it is scored, but from which nothing can be concluded."""
    for place, choice in walk.choices(report.document):
        given = {row["for"] for row in choice.get("evidence", ())}
        is_empty = "evidence" in choice and not given
        missing = [name for name in choice.get("scores", ()) if name not in given]
        if (is_empty or missing) and "comment" not in choice:
            report.error(
                "E9",
                place,
                f"choice '{choice['id']}' is scored"
                + (f" for {', '.join(missing)}" if missing else "")
                + ", but has neither evidence nor comment; add one",
            )
    for place, scene in walk.scenes(report.document, "task"):
        by_person = scene.get("scored_by") == "person"
        if scene["task"] == "free_text" and scene.get("scores") and not by_person:
            report.error(
                "E9",
                (*place, "scores"),
                "a free text is marked by a person; add 'scored_by: person'",
            )


def check_observable(report: Report, explored: ExploreResult) -> None:
    """Report promises of the blueprint that some or all routes break."""
    suffix = SAMPLED if explored.graph.is_capped else ""
    for number, row in enumerate(report.document.get("blueprint", ())):
        figures = explored.criteria[row["criterion"]]
        place = ("blueprint", number)
        need = row.get("min_chances", 1)
        if not explored.routes or figures.kept_share == 1:
            continue
        if figures.most_chances < need:
            report.error("E1", place, _never(row, figures, need) + suffix)
        else:
            report.warn(
                "E2",
                place,
                _sometimes(row["criterion"], figures, explored.routes, need) + suffix,
                play=shortest_route_below(explored.graph, row["criterion"], need),
            )


def _never(row: Row, figures: CriterionFigures, need: int) -> str:
    if figures.most_chances == 0:
        return (
            f"criterion '{row['criterion']}' is promised, but no route lets a rater "
            "see it; add evidence or a task for it, or take the promise back"
        )
    return (
        f"criterion '{row['criterion']}' is promised {need} chances, but the best "
        f"route gives {figures.most_chances}; add chances or promise fewer"
    )


def _sometimes(
    criterion: str, figures: CriterionFigures, routes: int, need: int
) -> str:
    kept = round(figures.kept_share * routes)
    chances = "" if need == 1 else f" {need} times"
    return (
        f"criterion '{criterion}' can be seen{chances} on {kept} of {routes} routes "
        f"({figures.kept_share:.0%}); give the others a chance, or accept it with a "
        "reason"
    )


def _criteria(document: Row) -> Iterator[At]:
    for place, row in rows_of(document, "blueprint"):
        yield At((*place, "criterion"), row["criterion"])
    for place, row in walk.evidence(document):
        yield At((*place, "for"), row["for"])
    for place, row in _scored(document):
        for criterion in row.get("scores", ()):
            yield At((*place, "scores"), criterion)
    for test in rows_of(document, "tests"):
        expected: Place = (*test.place, "expect", "evidence")
        for at in rows_of(document, *expected):
            yield At(at.place, at.place[-1])


def _scored(document: Row) -> Iterator[At]:
    """Return everything that has the key ``scores``."""
    yield from walk.choices(document)
    for scene in walk.scenes(document, "task"):
        yield scene
        yield from rows_of(document, *scene.place, "aspects")
