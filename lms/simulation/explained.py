"""The parts of a score in words: what was judged, given and expected, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from lms.simulation.domain.case import TaskScene
from lms.simulation.domain.result import Step
from lms.simulation.domain.tasks.plan_answer import NONE, own_name
from lms.simulation.domain.tasks.scoring import Part
from lms.simulation.planning_words import APPROACH_WORDS, SLOT_WORDS
from lms.simulation.written import value_words

if TYPE_CHECKING:
    from lms.simulation.pages import Reader

_ROUND = 0.005


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part of a score.

    Attributes
    ----------
    state : str
        ``met``, ``partly``, ``not_met`` or ``unsafe``.
    given, expected, because : str
        Empty where there is nothing to say.
    """

    text: str
    state: str
    given: str = ""
    expected: str = ""
    because: str = ""


def explain(reader: "Reader", step: Step) -> Iterator[PartLine]:
    """Return the parts of the score of a step; nothing where it is no task."""
    scene = reader.case.scenes[step.scene]
    if step.score is None or not isinstance(scene, TaskScene):
        return
    explainer = _Explainer(reader, scene.task, step.action.to_dict()["answer"])
    for part in step.score.parts:
        yield explainer.line(part)


class _Explainer:
    """Puts the parts of one answer into words."""

    def __init__(self, reader: "Reader", task: Any, answer: Any) -> None:
        self._reader = reader
        self._task = task
        self._answer = answer
        self._labels = {entry.id: reader.entry(entry) for entry in task.entries}
        if task.kind == "plan":
            self._name_own(answer)

    def _name_own(self, answer: Any) -> None:
        own = [row["text"] for row in answer["steps"] if "text" in row]
        goals = [row["text"] for row in answer.get("goals", ()) if "text" in row]
        for number, text in enumerate(goals, 1):
            self._labels[own_name(number)] = text
        self._own_steps = {own_name(n): text for n, text in enumerate(own, 1)}

    def line(self, part: Part) -> PartLine:
        """Return one part in words."""
        text, given, expected = _WORDS[self._task.kind](self, part)
        reasons = [part.because] if part.because else []
        reasons += part.unmet
        return PartLine(
            text=text,
            state=_state(part),
            given=given,
            expected="" if part.credit >= 1 else expected,
            because=" ".join(self._reason(reason) for reason in reasons),
        )

    def _reason(self, reason: str) -> str:
        """Return a text of the case, or a condition of the directory."""
        menu, is_listed, condition = reason.partition("#")
        if not is_listed:
            return self._reader.text(reason)
        menus = [terms.listed for terms in self._task.terms.values() if terms.listed]
        rows = next(row.conditions for row in menus if row.id == menu)
        text = next(row.text for row in rows if row.id == condition)
        return str(text.in_language(self._reader.language))

    def _label(self, name: str) -> str:
        return str(_("none")) if name == NONE else self._labels.get(name, name)

    def _labels_of(self, names: Any) -> str:
        return " / ".join(self._label(name) for name in names)

    def item(self, part: Part) -> tuple[str, str, str]:
        """Explain an item that stands for itself."""
        return self._label(part.id), "", ""

    def triage(self, part: Part) -> tuple[str, str, str]:
        """Explain where an item was put, and where it belongs."""
        key = self._task.key[part.id]
        best = [name for name, credit in key.items() if credit == max(key.values())]
        given = self._label(self._answer[part.id])
        return self._label(part.id), given, self._labels_of(best)

    def order(self, part: Part) -> tuple[str, str, str]:
        """Explain a pair that should stand in order."""
        first, _sign, then = part.id.partition(">")
        text = _(
            "%(first)s, then %(then)s", first=self._label(first), then=self._label(then)
        )
        return str(text), "", ""

    def referral(self, part: Part) -> tuple[str, str, str]:
        """Explain an aspect of one referral."""
        partner, _dot, aspect = part.id.rpartition(".")
        words = {
            "fit": _("the partner fits"),
            "reason": _("a reason is given"),
            "consent": _("consent is in place"),
            "what_is_shared": _("what is told is right"),
            "follow_up": _("there is a follow-up"),
        }
        return f"{self._label(partner)}: {words[aspect]}", "", ""

    def plan(self, part: Part) -> tuple[str, str, str]:
        """Explain one part of a plan."""
        if part.aspect == "coverage":
            text = _("In the plan: %(step)s", step=self._label(part.expected[0]))
            return str(text), "", ""
        if part.aspect == "harm":
            text = self._labels_of(part.given)
            harm = _("Does harm: %(step)s", step=text)
            return str(harm if text else _("Nothing in it does harm")), "", ""
        if part.aspect == "order":
            return self.order(part)
        line = part.given[0]
        name = getattr(self, "_own_steps", {}).get(line) or self._label(line)
        if part.aspect == "filled":
            return self._filled(name, part)
        if part.aspect == "eligibility":
            menu = self._label(part.given[1])
            text = _("%(step)s: the client can use %(menu)s", step=name, menu=menu)
            return str(text), "", ""
        given, expected = (
            self._labels_of(part.given[1:]),
            self._labels_of(part.expected),
        )
        return f"{name}: {SLOT_WORDS[str(part.aspect)]}", given, expected

    def _filled(self, name: str, part: Part) -> tuple[str, str, str]:
        given = " / ".join(str(SLOT_WORDS[slot]) for slot in part.given[1:])
        missing = [slot for slot in part.expected if slot not in part.given]
        expected = " / ".join(str(SLOT_WORDS[slot]) for slot in missing)
        return str(_("%(step)s: filled in", step=name)), given, expected

    def concordance(self, part: Part) -> tuple[str, str, str]:
        """Explain a judgement by what the panel said most."""
        item = next(row for row in self._task.items if row.id == part.id)
        scale = self._reader.scale(self._task)
        text = f"{self._reader.text(item.hypothesis)} {self._reader.text(item.new)}"
        most = " / ".join(scale[int(value)] for value in part.expected)
        return text, scale[int(part.given[0])], most

    def form(self, part: Part) -> tuple[str, str, str]:
        """Explain what stands in a field, and what belongs there."""
        row = next(row for row in self._task.fields if row.id == part.id)
        value = self._answer["fields"].get(row.id)
        given = value_words(self._reader, row, value, self._labels)
        if row.kind == "text":
            expected = self._reader.text(row.example)
        else:
            expected = value_words(self._reader, row, row.best, self._labels)
        return self._label(row.id), given, expected

    def advice(self, part: Part) -> tuple[str, str, str]:
        """Explain the way of advising, or one move."""
        if part.aspect != "approach":
            text = self._label(part.id)
            return (text, "", "") if part.given else (text, str(_("not said")), "")
        words = {name: str(row[0]) for name, row in APPROACH_WORDS.items()}
        best = " / ".join(words[name] for name in part.expected)
        return str(_("Way of advising")), words[part.given[0]], best


def _state(part: Part) -> str:
    if part.is_unsafe:
        return "unsafe"
    if part.credit >= 1 - _ROUND:
        return "met"
    return "partly" if part.credit > 0 else "not_met"


_WORDS = {
    "free_text": _Explainer.item,
    "triage": _Explainer.triage,
    "order": _Explainer.order,
    "choose_many": _Explainer.item,
    "referral": _Explainer.referral,
    "plan": _Explainer.plan,
    "concordance": _Explainer.concordance,
    "form": _Explainer.form,
    "advice": _Explainer.advice,
}
