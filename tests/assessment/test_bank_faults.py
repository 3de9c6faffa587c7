"""What the checker says about items of each kind: file, line, fault and remedy."""

import pytest

from lms.content.services import check_content
from lms.kinds import content_kinds

HEAD = """\
format: items/1
competency: interviewing
items:
  - id: interviewing-x
    version: 1
    level: 1
    difficulty: 0
    stem: {ja: 問い, en: question}
    source: [{title: {ja: 出典, en: source}}]
    as_of: 2026-11-23
    review_by: 2027-03-31
"""
TEXT = "text: {ja: あ, en: a}, feedback: {ja: い, en: b}"
ORDERING = f"""\
    kind: ordering
    belief: {{ja: う, en: c}}
    steps:
      - {{id: a, {TEXT}}}
      - {{id: b, {TEXT}}}
      - {{id: c, {TEXT}}}
    before:
      - {{first: a, then: c, reason: {{ja: え, en: d}}}}
"""
MATCHING = f"""\
    kind: matching
    prompts:
      - {{id: p, answer: a, {TEXT}}}
      - {{id: q, answer: b, {TEXT}}}
    options:
      - {{id: a, {TEXT}}}
      - {{id: b, {TEXT}}}
      - {{id: c, belief: {{ja: う, en: c}}, {TEXT}}}
"""
SITUATIONAL = f"""\
    kind: situational
    options:
      - {{id: a, value: best, {TEXT}}}
      - {{id: b, value: between, belief: {{ja: う, en: c}}, {TEXT}}}
      - {{id: c, value: worst, belief: {{ja: う, en: c}}, {TEXT}}}
"""


def findings(tmp_path, body):
    folder = tmp_path / "assessments" / "banks" / "interviewing"
    folder.mkdir(parents=True)
    (folder / "x.yaml").write_text(HEAD + body, encoding="utf-8")
    _, found = check_content(tmp_path, content_kinds())
    return [row for row in found if row.level == "error" and "x.yaml" in row.file]


@pytest.mark.parametrize("body", [ORDERING, MATCHING, SITUATIONAL])
def test_an_item_in_its_shape_has_no_fault(tmp_path, body):
    assert findings(tmp_path, body) == []


@pytest.mark.parametrize(
    ("body", "old", "new", "line", "words"),
    [
        (ORDERING, "id: b", "id: a", 16, "'a' stands twice"),
        (ORDERING, "then: c", "then: z", 19, "no step has the id 'z'"),
        (ORDERING, "first: a, then: c", "first: c, then: a", 19, "other way round"),
        (ORDERING, "    belief: {ja: う, en: c}\n", "", 4, "'belief' is missing"),
        (MATCHING, "answer: b", "answer: z", 15, "no option has the id 'z'"),
        (MATCHING, "answer: b", "answer: c", 18, "option 'b' answers no prompt"),
        (MATCHING, "id: q", "id: p", 15, "'p' stands twice"),
        (SITUATIONAL, "value: worst", "value: between", 13, "0 options are 'worst'"),
        (SITUATIONAL, "value: between", "value: best", 13, "2 options are 'best'"),
        (SITUATIONAL, "value: between", "value: good", 15, "'good'"),
        (SITUATIONAL, "kind: situational", "kind: essay", 4, "essay"),
        (
            SITUATIONAL,
            "kind: situational",
            "kind: situational\n    hint: x",
            13,
            "hint",
        ),
    ],
)
def test_a_fault_is_named_at_its_line(tmp_path, body, old, new, line, words):
    found = findings(tmp_path, body.replace(old, new, 1))
    assert any(row.line == line and words in row.message for row in found), found


def test_every_prompt_needs_a_choice_that_does_not_follow(tmp_path):
    spare = MATCHING[MATCHING.index("      - {id: c") :]
    body = MATCHING.replace(spare, "") + f"      - {{id: d, {TEXT}}}\n"
    found = findings(tmp_path, body)
    assert any("answers no prompt" in row.message for row in found)
