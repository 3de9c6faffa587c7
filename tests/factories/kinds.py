"""A small lesson whose questions are of the kinds with several parts."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy.orm import Session

from lms.content.services import PublishOrder, publish_content, read_content
from lms.kinds import content_kinds

LESSON = "/modules/asking/ways-of-asking"
ORDER, MATCH, JUDGE = "interviewing-x-order", "interviewing-x-match", "ethics-x-judge"

_HEAD = """\
    level: 1
    difficulty: 0.0
    source: [{title: {ja: 面接の手引, en: Guide to interviews}}]
    as_of: 2026-11-23
    review_by: 2027-03-31
"""
_MODULE = """\
format: module/1
id: asking
version: 1
title: {ja: 問い方, en: Ways of asking}
summary: {ja: 問いの形を試します。, en: Trying the forms of questions.}
competencies: [interviewing, ethics]
lessons: [ways-of-asking]
cases: []
"""
_LESSON = f"""\
---
format: lesson/1
id: ways-of-asking
version: 1
title: 問い方
belief: 順番は、どうでもよい。
minutes: 5
competencies: [interviewing, ethics]
items: [{ORDER}, {MATCH}, {JUDGE}]
source: [{{title: {{ja: 面接の手引, en: Guide to interviews}}}}]
as_of: 2026-11-23
review_by: 2027-03-31
---

## 場をつくる

話せる場が先です。
"""
_TRANSLATION = """\
---
of: "000000000000"
title: Ways of asking
belief: The order does not matter.
---

## Make room

A place to talk comes first.
"""


def _row(slug: str, ja: str, en: str, feedback: str, more: str = "") -> str:
    return (
        f"      - {{id: {slug}, text: {{ja: {ja}, en: {en}}}, {more}"
        f"feedback: {{ja: {feedback}, en: {feedback} (en)}}}}\n"
    )


_BELIEF = "belief: {{ja: {0}, en: {0} (en)}}, "
_INTERVIEWING = (
    "format: items/1\ncompetency: interviewing\nitems:\n"
    f"  - id: {ORDER}\n    version: 1\n    kind: ordering\n{_HEAD}"
    "    stem: {ja: どの順に進めますか。, en: In which order do you go on?}\n"
    "    belief: {ja: まず用件を聞くのが早い。, en: To ask first is quickest.}\n"
    "    steps:\n"
    + _row("seat", "席を移す", "Change seats", "聞こえない所で話せます")
    + _row("line", "通訳をつなぐ", "Ring the interpreter", "言葉が届きます")
    + _row("limit", "守秘と例外を話す", "Explain confidentiality", "選べます")
    + _row("ask", "用件をたずねる", "Ask what it is about", "約束の後です")
    + "    before:\n"
    "      - {first: limit, then: ask, reason: {ja: 後では選べません, en: Too late}}\n"
    "      - {first: line, then: limit, reason: {ja: 届きません, en: Not heard}}\n"
    "      - {first: seat, then: ask, reason: {ja: 聞こえます, en: Overheard}}\n"
    f"  - id: {MATCH}\n    version: 1\n    kind: matching\n{_HEAD}"
    "    stem: {ja: だれにつなぎますか。, en: Whom do you connect with?}\n"
    "    prompts:\n"
    + _row("rent", "家賃", "Rent", "住まいの給付があります", "answer: city, ")
    + _row("wage", "賃金", "Wages", "労働基準法の件です", "answer: labour, ")
    + _row("visa", "更新", "Renewal", "在留の件です", "answer: isa, ")
    + "    options:\n"
    + _row("city", "市の窓口", "City desk", "暮らしの相談です")
    + _row("labour", "労働基準監督署", "Labour office", "働く人のためです")
    + _row("isa", "入管", "Immigration office", "在留のためです")
    + _row(
        "police", "警察", "Police", "事件のためです", _BELIEF.format("警察なら何でも")
    )
)
_ETHICS = (
    "format: items/1\ncompetency: ethics\nitems:\n"
    f"  - id: {JUDGE}\n    version: 1\n    kind: situational\n{_HEAD}"
    "    stem: {ja: 夫が訳すと言います。, en: The husband offers to translate.}\n"
    "    options:\n"
    + _row(
        "both",
        "二人に聞く",
        "Ask both",
        "夫の前です",
        "value: between, " + _BELIEF.format("同席でもよい"),
    )
    + _row("alone", "本人と話す", "See her alone", "安全です", "value: best, ")
    + _row(
        "husband",
        "夫に任せる",
        "Leave it to him",
        "声が消えます",
        "value: worst, " + _BELIEF.format("家族は味方だ"),
    )
)
_FILES = {
    "curricula/asking/module.yaml": _MODULE,
    "curricula/asking/01-ways-of-asking.ja.md": _LESSON,
    "curricula/asking/01-ways-of-asking.en.md": _TRANSLATION,
    "assessments/banks/interviewing/x.yaml": _INTERVIEWING,
    "assessments/banks/ethics/x.yaml": _ETHICS,
}


def publish_kinds(session: Session, root: Path) -> None:
    """Publish the lesson and its three questions from files under `root`."""
    for name, written in _FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written, encoding="utf-8")
    kinds = content_kinds()
    index, findings = read_content(root, kinds)
    assert [row.code for row in findings] == ["T1"]  # so English readers see Japanese
    now = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    order = PublishOrder(by="tests", reviewed_by=None, now=now, batch=uuid4())
    _result, faults = publish_content(session, index, kinds, order=order)
    assert not faults
