"""Kinds of task: shape of the answer, score, best answer, and all scores there are."""

from collections.abc import Callable, Mapping
from typing import Any

from lms.simulation.domain.conditions import Condition
from lms.simulation.domain.tasks.advice import AdviceTask
from lms.simulation.domain.tasks.choose_many import ChooseManyTask
from lms.simulation.domain.tasks.concordance import ConcordanceTask
from lms.simulation.domain.tasks.eligible import Client, directory_in
from lms.simulation.domain.tasks.form import FormTask
from lms.simulation.domain.tasks.free_text import FreeTextTask
from lms.simulation.domain.tasks.order import OrderTask
from lms.simulation.domain.tasks.plan import PlanTask
from lms.simulation.domain.tasks.referral import ReferralTask
from lms.simulation.domain.tasks.scoring import (
    Aspect,
    Entry,
    Part,
    Scope,
    Task,
    TaskScore,
)
from lms.simulation.domain.tasks.shapes import AnswerFault
from lms.simulation.domain.tasks.triage import TriageTask

TaskReader = Callable[
    [Mapping[str, Any], Mapping[str, Any], Callable[[str], Condition]], Task
]
"""Scene, whole document and condition reader in; task out."""

TASK_READERS: Mapping[str, TaskReader] = {
    "free_text": lambda row, document, _: FreeTextTask.from_document(
        row, document["languages"]["source"]
    ),
    "triage": lambda row, _document, _: TriageTask.from_document(row),
    "order": lambda row, _document, _: OrderTask.from_document(row),
    "choose_many": lambda row, _document, _: ChooseManyTask.from_document(row),
    "referral": lambda row, document, condition: ReferralTask.from_document(
        row,
        facts=document.get("facts", {}),
        condition=condition,
        listed=directory_in(document).partners,
    ),
    "plan": lambda row, document, condition: PlanTask.from_document(
        row,
        directory=directory_in(document),
        client=Client.from_document(document.get("client", {}), condition),
        condition=condition,
    ),
    "concordance": lambda row, _document, _: ConcordanceTask.from_document(row),
    "form": lambda row, _document, _: FormTask.from_document(row),
    "advice": lambda row, _document, condition: AdviceTask.from_document(
        row, condition
    ),
}

__all__ = [
    "TASK_READERS",
    "AnswerFault",
    "Aspect",
    "Entry",
    "Part",
    "Scope",
    "Task",
    "TaskScore",
]
