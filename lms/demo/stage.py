"""The stage of the demo: who has done what so far."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.clock import local_day
from lms.content.queries import Library
from lms.settings import Settings

CAREFUL_PLAY = "careful path"
CHILD_PLAY = "child interprets"
EVERY_KIND_OF_TASK = (
    ("two-notebooks", "sort"),  # order
    ("newborn-day-52", "sort"),  # triage
    ("week-eleven", "sheet"),  # choose_many
    ("hidden-work-injury", "refer"),  # referral
    ("transferred-three-times", "record"),  # form
    ("last-month", "rewrite"),  # free_text
    ("junior-crossed-lines", "advise"),  # advice
    ("half-filled-form", "plan"),  # plan
)


@dataclass(frozen=True, slots=True)
class Story:
    """What a fictional learner has done so far.

    Attributes
    ----------
    play : str or None
        Name of one of the case's named plays.
    bands : tuple of int or None
        What the supervisor gave, criterion by criterion.
    stands_at : tuple of (str, str)
        Cases that are under way, each with the scene in which the learner stopped.
    is_certified : bool
        A certificate was issued; it says that it is none.
    kana : str
        Reading of the name, by which lists of people are ordered.
    """

    number: str
    email: str
    name: str
    right_share: float | None = None
    play: str | None = None
    bands: tuple[int, ...] | None = None
    stands_at: tuple[tuple[str, str], ...] = ()
    is_certified: bool = False
    kana: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that the demo's stories are played on."""

    session: Session
    library: Library
    settings: Settings
    now: datetime
    people: dict[str, Person]

    def at(self, *, days: float) -> "Stage":
        """Return the same stage some days earlier."""
        return replace(self, now=self.now - timedelta(days=days))

    def day(self) -> date:
        """Return the learners' calendar day."""
        return local_day(self.now, self.settings.time_zone)


def list_stories(*, large: bool) -> Iterator[Story]:
    """Return the learners of the cohort; sixty of them when it is to be large."""
    yield Story("8-01", "trainee", "見本 森下", kana="みほん もりした")
    yield Story(
        number="8-02",
        email="learner2",
        name="見本 佐久間",
        kana="みほん さくま",
        right_share=0.8,
        play=CAREFUL_PLAY,
        stands_at=EVERY_KIND_OF_TASK,
    )
    yield Story("8-03", "learner3", "見本 戸川", 0.5, CHILD_PLAY, kana="みほん とがわ")
    yield Story(
        number="8-04",
        email="learner4",
        name="見本 青木",
        kana="みほん あおき",
        right_share=0.9,
        play=CAREFUL_PLAY,
        bands=(3, 3, 2, 3, 3, 2),
    )
    yield Story(
        number="8-05",
        email="learner5",
        name="見本 北川",
        kana="みほん きたがわ",
        right_share=1.0,
        play=CAREFUL_PLAY,
        bands=(3, 3, 3, 3, 3, 3),
        is_certified=True,
    )
    if large:
        for number in range(6, 61):
            share = (number % 10) / 10
            yield Story(
                f"8-{number:02}",
                f"learner{number}",
                f"見本 {number:02}",
                right_share=share,
            )
