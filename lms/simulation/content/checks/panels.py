"""E10: a panel large enough, and of one mind enough, to score judgements by.

References
----------
.. [1] Gagnon, R., Charlin, B., Coletti, M., Sauvé, E., & van der Vleuten, C. (2005).
   Assessment in the context of uncertainty: how many members are needed on the panel
   of reference of a script concordance test? Medical Education, 39(3), 284-291.
   doi:10.1111/j.1365-2929.2005.02092.x
"""

from collections import Counter
from collections.abc import Iterator

from lms.simulation.content import walk
from lms.simulation.content.checks.report import Report
from lms.simulation.content.walk import At, Row, rows_of

LEAST_MEMBERS = 10
"""Reliability in [1]_: 0.62 with 5 members, 0.70 with 10, 0.74 with 20."""
MAJORITY = 0.5
"""Convention of the project, provisional: more of a panel than this agree on a side."""


def check_panels(report: Report) -> None:
    """Report items scored against a panel that is too small, or evenly divided."""
    for item in _keyed_items(report.document):
        panel = item.value["panel"]
        place, name = (*item.place, "panel"), item.value["id"]
        if len(panel) < LEAST_MEMBERS:
            report.warn(
                "E10",
                place,
                f"item '{name}' is scored against {len(panel)} members of a panel, "
                f"fewer than {LEAST_MEMBERS}; ask more, or leave 'panel' out so that "
                "it is not scored",
            )
        elif _largest_side(panel) <= MAJORITY * len(panel):
            report.warn(
                "E10",
                place,
                f"item '{name}': no more than half of the panel agree whether it "
                "becomes weaker, stays as it is or becomes stronger, so that nearly "
                "any answer scores; say more in 'new', or leave 'panel' out so that "
                "it is not scored",
            )


def _keyed_items(document: Row) -> Iterator[At]:
    """Return the items of concordance tasks from which points come."""
    for scene in walk.scenes(document, "task"):
        is_keyed = (
            scene.value.get("scores") and scene.value.get("scored_by") != "person"
        )
        if scene.value["task"] == "concordance" and is_keyed:
            for item in rows_of(document, *scene.place, "items"):
                if item.value.get("panel"):
                    yield item


def _largest_side(panel: Row) -> int:
    """Return how many answered on the commonest side: below 0, at 0, or above.

    How far above or below is a matter of degree; on which side is the judgement.
    """
    return max(Counter((value > 0) - (value < 0) for value in panel.values()).values())
