"""E8, E11, A1 and C1: whether a case gives itself away, and is for everybody."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from lms.simulation.content import walk
from lms.simulation.content.checks.report import Report
from lms.simulation.content.walk import At, Row, rows_of

MARKING_BUDGET_MINUTES = 20
_READ_PER_MINUTE = 400  # characters, with a rubric beside
_JUDGE_MINUTES = 2.0  # for each criterion of an answer
_LONG_ANSWER = 1200  # characters, where the case sets no limit
_FEW_SCENES = 3  # a habit shows from the third time
_POLITE_ENDS = (
    "です",
    "ます",
    "ください",
    "ですか",
    "ますか",
    "でしょうか",
    "ませんか",
    "ましょう",
)
_HEAVY_WORDS = (
    "自殺",
    "死にたい",
    "殴",
    "首を絞",
    "性暴力",
    "レイプ",
    "虐待",
    "流産",
    "中絶",
)


def check_craft(report: Report) -> None:
    """Report what needs no search: habits of the author, load, access, notice."""
    _check_habits(report)
    _check_load(report)
    _check_images(report)
    _check_notice(report)


class _Options(NamedTuple):
    """The choices of a scene of which one is the right one."""

    right: int
    texts: tuple[str, ...]


def _check_habits(report: Report) -> None:
    """E8: the right choice can be told without reading, over the whole case."""
    document = report.document
    words = document["texts"].get(document["languages"]["source"], {})
    found = [
        options
        for scene in walk.scenes(document, "talk")
        if (options := _options(scene, words)) is not None
    ]
    if len(found) < _FEW_SCENES:
        return
    habits: Mapping[str, Callable[[_Options], bool]] = {
        "is always the longest": _is_longest,
        "always stands first": lambda options: options.right == 0,
        "is always the only polite one": _is_only_polite,
    }
    for habit, shows in habits.items():
        if all(shows(options) for options in found):
            report.hint(
                "E8",
                ("scenes",),
                f"the right choice {habit}, in all {len(found)} scenes; vary it",
            )


def _options(scene: At, words: Row) -> _Options | None:
    scored = [
        row
        for row in scene.value["choices"]
        if any(_is_fixed(e) for e in row.get("evidence", ()))
    ]
    right = [
        number
        for number, row in enumerate(scored)
        if all(e["seen"] == "met" for e in row["evidence"])
    ]
    if len(scored) < 2 or len(right) != 1:  # one right, one other
        return None
    texts = tuple(words.get(row["text"], {}).get("text", "") for row in scored)
    return _Options(right[0], texts)


def _is_fixed(row: Row) -> bool:
    return "when" not in row


def _is_longest(options: _Options) -> bool:
    lengths = [len(text) for text in options.texts]
    longest = max(lengths)
    return lengths[options.right] == longest and lengths.count(longest) == 1


def _is_only_polite(options: _Options) -> bool:
    polite = [
        text.rstrip("。？?！!」").endswith(_POLITE_ENDS) for text in options.texts
    ]
    return polite[options.right] and sum(polite) == 1


def _check_load(report: Report) -> None:
    """E11: what a rater needs for one attempt."""
    minutes = 0.0
    for _, scene in walk.scenes(report.document, "task"):
        if scene.get("scored_by") == "person":
            length = scene.get("length", {}).get("max_chars", _LONG_ANSWER)
            minutes += length / _READ_PER_MINUTE
            minutes += _JUDGE_MINUTES * len(scene.get("scores", ()))
    if minutes > MARKING_BUDGET_MINUTES:
        report.hint(
            "E11",
            ("scenes",),
            f"marking one attempt takes about {minutes:.0f} minutes, above the budget "
            f"of {MARKING_BUDGET_MINUTES}; shorten the answers or let a task score "
            "itself",
        )


def _check_images(report: Report) -> None:
    for at in _materials(report.document):
        if "image" in at.value and "alt" not in at.value:
            report.error(
                "A1",
                at.place,
                f"image '{at.value['image']}' has no text alternative; add 'alt', the "
                "id of a text that says what is to be seen",
            )


def _materials(document: Row) -> Iterator[At]:
    for scene in walk.scenes(document, "document"):
        yield from rows_of(document, *scene.place, "material")


def _check_notice(report: Report) -> None:
    """C1: heavy themes are announced, with a way out."""
    document = report.document
    if "notice" in document:
        return
    if document.get("themes"):
        text = f"the case is about {', '.join(document['themes'])}; add 'notice'"
        report.warn("C1", ("themes",), text + _WAY_OUT)
        return
    source = document["languages"]["source"]
    words = document["texts"].get(source, {})
    for at in (*walk.turns(document), *walk.choices(document), *_materials(document)):
        text = words.get(at.value.get("text", ""), {}).get("text", "")
        word = next((word for word in _HEAVY_WORDS if word in text), None)
        if word is not None:
            report.warn(
                "C1",
                at.place,
                f"'{word}' is a heavy theme for those who lived through it; add "
                "'themes' and 'notice'" + _WAY_OUT,
            )
            return


_WAY_OUT = ", a text that says so before the start and names a way out"
