"""Items and what answers to them are worth: pure."""

from lms.assessment.domain.choice import MultipleBody, Option, SingleBody
from lms.assessment.domain.item import Item
from lms.assessment.domain.judged import ItemBody, ItemResult, Part
from lms.assessment.domain.matching import Match, MatchingBody, Prompt
from lms.assessment.domain.ordering import OrderingBody, Pair, Step
from lms.assessment.domain.situational import SituationalBody, Way

__all__ = [
    "Item",
    "ItemBody",
    "ItemResult",
    "Match",
    "MatchingBody",
    "MultipleBody",
    "Option",
    "OrderingBody",
    "Pair",
    "Part",
    "Prompt",
    "SingleBody",
    "SituationalBody",
    "Step",
    "Way",
]
