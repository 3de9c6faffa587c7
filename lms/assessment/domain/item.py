"""An item: a question of one of five kinds, and what an answer to it is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessment.domain.choice import MultipleBody, SingleBody
from lms.assessment.domain.judged import Answer, ItemBody, ItemResult, Part
from lms.assessment.domain.matching import MatchingBody
from lms.assessment.domain.ordering import OrderingBody
from lms.assessment.domain.situational import SituationalBody
from lms.content.domain import Bilingual, SourceNote

# Distance of the two steps of an item with two points from its declared difficulty,
# in logits: to miss little is easier than to miss nothing.
_STEP_SPREAD = 0.6
_BODIES: dict[str, Any] = {
    body.kind: body
    for body in (
        SingleBody,
        MultipleBody,
        OrderingBody,
        MatchingBody,
        SituationalBody,
    )
}


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a bank.

    Attributes
    ----------
    difficulty : float
        Declared by the author, in logits on the competency's scale.
    body : ItemBody
        What is asked, and how an answer is judged.
    is_graded : bool
        An item on something unverified is shown with a notice and never graded.
    """

    slug: str
    version: int
    competency: str
    level: int
    difficulty: float
    stem: Bilingual
    body: ItemBody
    source: SourceNote
    is_graded: bool

    @property
    def kind(self) -> str:
        """Return how the item is answered: the name of one of five kinds."""
        return self.body.kind

    @property
    def maximum(self) -> int:
        """Return the points of a faultless answer."""
        return self.body.maximum

    @property
    def steps(self) -> tuple[float, ...]:
        """Return the step difficulties in logits (Masters, 1982)."""
        if self.maximum == 1:
            return (self.difficulty,)
        return (self.difficulty - _STEP_SPREAD, self.difficulty + _STEP_SPREAD)

    def normalise(self, answer: Answer) -> tuple[str, ...]:
        """Return an answer as it is stored.

        Raises
        ------
        InvalidInputError
            It is not one that this item offers.
        """
        return self.body.normalise(answer)

    def score(self, answer: Answer) -> ItemResult:
        """Return the worth of an answer.

        Raises
        ------
        InvalidInputError
            It is not one that this item offers.
        """
        points = self.body.score(self.body.normalise(answer))
        return ItemResult(score=points, maximum=self.maximum)

    def parts(self, answer: Answer) -> tuple[Part, ...]:
        """Return what is said to each part of an answer."""
        return self.body.parts(self.body.normalise(answer))

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Item":
        """Rebuild an item from its published document."""
        return cls(
            slug=document["id"],
            version=document["version"],
            competency=document["competency"],
            level=document["level"],
            difficulty=document["difficulty"],
            stem=Bilingual.from_json(document["stem"]),
            body=_BODIES[document["kind"]].from_document(document),
            source=SourceNote.from_json(document),
            is_graded=not document["unverified"],
        )
