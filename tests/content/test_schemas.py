"""Editors' schemas say what the parsers say, judged by an outside validator."""

import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from lms.content.domain import Findings
from lms.content.source import read_markdown, read_yaml
from lms.settings import PROJECT_ROOT
from tests.content.schemas import FOLDER, MODELS, schema_of

FILES = {
    "directory": "curricula/directory/directory.yaml",
    "directory-attributes": "curricula/directory/attributes.yaml",
    "directory-menus": "curricula/directory/menus/*.yaml",
    "directory-partners": "curricula/directory/partners/*.yaml",
    "directory-sources": "curricula/directory/sources.yaml",
    "framework": "rubrics/frameworks/*.yaml",
    "items": "assessments/banks/*/*.yaml",
    "lesson": "curricula/*/*.ja.md",
    "lesson-translation": "curricula/*/*.en.md",
    "module": "curricula/*/module.yaml",
    "rubric": "rubrics/*.yaml",
}
SHIPPED = [
    (name, path)
    for name, pattern in FILES.items()
    for path in sorted(PROJECT_ROOT.glob(pattern))
]


def load(path: Path):
    read = read_markdown if path.suffix == ".md" else read_yaml
    source = read(path, PROJECT_ROOT, Findings())
    return json.loads(json.dumps(source.data, default=date.isoformat))


@cache
def validator(name: str) -> Draft202012Validator:
    kept = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(kept)
    return Draft202012Validator(kept)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_kept_schema_is_the_parsers(name):
    kept = (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")
    assert json.loads(kept) == schema_of(name), "run: make schemas"


@pytest.mark.parametrize(("name", "path"), SHIPPED, ids=lambda value: str(value)[-40:])
def test_outside_validator_accepts_what_is_shipped(name, path):
    assert list(validator(name).iter_errors(load(path))) == []


@pytest.mark.parametrize(("name", "path"), SHIPPED, ids=lambda value: str(value)[-40:])
def test_outside_validator_refuses_unknown_and_missing_keys(name, path):
    data = load(path)
    assert list(validator(name).iter_errors({**data, "colour": "red"}))
    for key in ("format", "title", "of"):
        if key in data:
            rest = {k: v for k, v in data.items() if k != key}
            assert list(validator(name).iter_errors(rest)), key
