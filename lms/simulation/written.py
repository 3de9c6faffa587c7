"""What a learner answered in a task, as pairs of label and words."""

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from lms.simulation.domain.tasks.plan_answer import own_name
from lms.simulation.languages import language_name
from lms.simulation.planning_words import APPROACH_WORDS, SLOT_WORDS

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


def _plan(reader: "Reader", task: Any, answer: Any) -> list[tuple[str, str]]:
    labels = _labels(reader, task.entries)
    chosen = answer.get("goals", [])
    own = [goal["text"] for goal in chosen if isinstance(goal, dict)]
    labels |= {own_name(n): text for n, text in enumerate(own, 1)}
    lines = [
        (_("Goal"), goal["text"] if isinstance(goal, dict) else labels[goal])
        for goal in chosen
    ]
    for number, row in enumerate(answer["steps"], 1):
        words = [row["text"] if "text" in row else labels[row["step"]]]
        for slot in task.slots:
            if slot in row and slot != "agreed":
                value = labels[row[slot]]
                words.append(
                    _("%(label)s: %(value)s", label=SLOT_WORDS[slot], value=value)
                )
        if "agreed" in task.slots:
            agreed = _("agreed") if row.get("agreed") else _("not agreed")
            words.append(
                _("%(label)s: %(value)s", label=SLOT_WORDS["agreed"], value=agreed)
            )
        lines.append((str(number), "\n".join(words)))
    return lines


def _concordance(reader: "Reader", task: Any, answer: Any) -> list[tuple[str, str]]:
    return [
        (
            f"{reader.text(item.hypothesis)} {reader.text(item.new)}",
            reader.scale(task)[answer["judgements"][item.id]],
        )
        for item in task.items
    ]


def _form(reader: "Reader", task: Any, answer: Any) -> list[tuple[str, str]]:
    labels = _labels(reader, task.entries)
    given = answer["fields"]
    return [
        (labels[row.id], value_words(reader, row, given.get(row.id), labels))
        for row in task.fields
    ]


def value_words(reader: "Reader", row: Any, value: Any, labels: dict[str, str]) -> str:
    """Return what stands in a field, in words."""
    if value is None or value == []:
        return str(_("left empty"))
    if row.kind == "text":
        return str(value["text"])
    if row.kind == "check":
        return str(_("ticked") if value else _("not ticked"))
    if row.kind in ("choice", "choices"):
        chosen = value if isinstance(value, list) else [value]
        return " / ".join(labels[option] for option in chosen)
    return f"{value} {reader.text(row.unit)}".strip()


def _advice(reader: "Reader", task: Any, answer: Any) -> list[tuple[str, str]]:
    moves = _labels(reader, task.labels)
    lines = [(_("Way of advising"), str(APPROACH_WORDS[answer["approach"]][0]))]
    lines += [("✓", moves[move]) for move in answer["moves"]]
    if "text" in answer:
        lines.append((reader.text(task.words.prompt), answer["text"]))
    return lines


ANSWER_LINES = {
    "free_text": _free_text,
    "triage": _triage,
    "order": _order,
    "choose_many": _choose_many,
    "referral": _referral,
    "plan": _plan,
    "concordance": _concordance,
    "form": _form,
    "advice": _advice,
}
