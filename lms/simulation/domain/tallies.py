"""What learners chose first at each scene, and when there are enough to say so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lms.simulation.domain.actions import Choose
from lms.simulation.domain.result import Step

FEWEST_SHOWN = 11
"""Fewer learners at a scene are not shown: in a small group a number is a person.

The least size of a group in public reports on learners ran from 5 to 30 in the United
States, most often 10 (NCES, 2010, SLDS Technical Brief 3, NCES 2011-603, abstract).
Who reads is mostly among those counted; so there are ten others.
"""


@dataclass(frozen=True, slots=True)
class SceneTally:
    """What the learners chose first at one scene.

    Attributes
    ----------
    learners : int
        How many came there, at least `FEWEST_SHOWN`.
    taken : mapping of str to int
        Learners by choice; a choice that nobody took is not in it.
    """

    learners: int
    taken: Mapping[str, int]


def first_choices(steps: Iterable[Step]) -> dict[str, str]:
    """Return the choice that was taken first at each scene of a play.

    A talk can be come back to; only the first time do all stand before it alike.
    """
    found: dict[str, str] = {}
    for step in steps:
        if isinstance(step.action, Choose):
            found.setdefault(step.scene, step.action.choice)
    return found


def tally_scenes(counts: Iterable[tuple[str, str, int]]) -> dict[str, SceneTally]:
    """Return the scenes at which enough learners have been.

    Parameters
    ----------
    counts : iterable of tuple
        Scene, choice, and how many learners took it first.
    """
    scenes: dict[str, dict[str, int]] = {}
    for scene, choice, learners in counts:
        scenes.setdefault(scene, {})[choice] = learners
    tallies = {
        scene: SceneTally(sum(taken.values()), taken) for scene, taken in scenes.items()
    }
    return {
        scene: tally
        for scene, tally in tallies.items()
        if tally.learners >= FEWEST_SHOWN
    }
