"""The case engine: pure, finite, deterministic."""

from lms.simulation.domain.actions import Answer, Choose, Read
from lms.simulation.domain.case import Case
from lms.simulation.domain.document import case_from_document
from lms.simulation.domain.engine import ENGINE_VERSION, play
from lms.simulation.domain.errors import PlayError
from lms.simulation.domain.explore import ExploreResult, explore
from lms.simulation.domain.named_plays import full_credit_answer, play_named
from lms.simulation.domain.observations import Observation, Seen
from lms.simulation.domain.result import PlayResult

__all__ = [
    "ENGINE_VERSION",
    "Answer",
    "Case",
    "Choose",
    "ExploreResult",
    "Observation",
    "PlayError",
    "PlayResult",
    "Read",
    "Seen",
    "case_from_document",
    "explore",
    "full_credit_answer",
    "play",
    "play_named",
]
