"""What a learner answered in a task, as pairs of label and words."""

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from lms.simulation.languages import language_name

if TYPE_CHECKING:
    from lms.simulation.pages import Reader


def _labels(reader: "Reader", entries: Any) -> dict[str, str]:
    return {entry.id: reader.entry(entry) for entry in entries}


def _free_text(_reader: "Reader", _task: Any, answer: Any) -> list[tuple[str, str]]:
    return [(language_name(answer["language"]), answer["text"])]


def _triage(reader: "Reader", task: Any, answer: Any) -> list[tuple[str, str]]:
    bins = _labels(reader, task.bins)
    return [(reader.entry(item), bins[answer[item.id]]) for item in task.items]


def _order(reader: "Reader", task: Any, answer: Any) -> list[tuple[str, str]]:
    items = _labels(reader, task.items)
    return [(str(number), items[item]) for number, item in enumerate(answer, 1)]


def _choose_many(reader: "Reader", task: Any, answer: Any) -> list[tuple[str, str]]:
    items = _labels(reader, task.items)
    return [("✓", items[item]) for item in answer]


def _referral(reader: "Reader", task: Any, answer: Any) -> list[tuple[str, str]]:
    partners = _labels(reader, task.directory)
    lines = []
    for row in answer["referrals"]:
        told = [
            reader.text(reader.case.facts[fact].text) for fact in row.get("share", ())
        ]
        consent = _("with consent") if row.get("consent") else _("without consent")
        parts = [
            row.get("reason", ""),
            consent,
            _("Shared: %(facts)s", facts=" / ".join(told) or _("nothing")),
            _("Follow-up: %(text)s", text=row.get("follow_up") or _("none")),
        ]
        words = "\n".join(part for part in parts if part)
        lines.append((partners[row["partner"]], words))
    return lines


ANSWER_LINES = {
    "free_text": _free_text,
    "triage": _triage,
    "order": _order,
    "choose_many": _choose_many,
    "referral": _referral,
}
