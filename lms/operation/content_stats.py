"""`lms content stats`: how much content there is, counted from the files."""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import click

from lms.clock import utc_now
from lms.content.cli import find_root, require_content
from lms.content.kinds import ContentIndex, Draft, KindRegistry
from lms.content.services import read_content
from lms.directory.domain import directory_from_document
from lms.settings import SUPPORTED_LOCALES
from lms.simulation.domain import explore
from lms.simulation.domain.case import EndScene
from lms.simulation.domain.document import case_from_document

_RUBY = re.compile(r"\{([^{}|]+)\|\|?[^{}|]+\}")


@click.command()
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text")
@click.option("--root", type=click.Path(exists=True, path_type=Path))
@click.pass_obj
def stats(kinds: KindRegistry, shape: str, root: Path | None) -> None:
    """Count modules, items, cases and what is due for review."""
    folder = root or find_root(())
    require_content(folder)
    index, _findings = read_content(folder, kinds)
    figures = count_content(index, today=utc_now().date())
    if shape == "json":
        click.echo(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_as_lines(figures)))


def count_content(index: ContentIndex, *, today: date) -> dict[str, Any]:
    """Return the figures as JSON-safe data.

    Characters of a lesson are those of its body without blanks, readings (furigana)
    left out. A file that the checker refuses is not counted.
    """
    modules, lessons = index.list_kind("module"), index.list_kind("lesson")
    items, cases = index.list_kind("item"), index.list_kind("case")
    directories = [
        directory_from_document(row.document) for row in index.list_kind("directory")
    ]
    drafts = [*modules, *lessons, *items, *cases, *index.list_kind("rubric")]
    return {
        "modules": [_module(row, lessons) for row in modules],
        "items": _items(items),
        "cases": [_case(row, index) for row in cases],
        "rubrics": len(index.list_kind("rubric")),
        "directory": {
            "partners": sum(len(row.partners) for row in directories),
            "support_menus": sum(len(row.menus) for row in directories),
        },
        "review_due": sorted(
            [
                *(
                    f"{row.kind}/{row.slug}"
                    for row in drafts
                    if "review_by" in row.document
                    and date.fromisoformat(row.document["review_by"]) < today
                ),
                *(
                    f"directory/{name}"
                    for row in directories
                    for name in row.list_due(today)
                ),
            ]
        ),
    }


def _module(module: Draft, lessons: list[Draft]) -> dict[str, Any]:
    names = {f"{module.slug}/{slug}" for slug in module.document["lessons"]}
    own = [row.document for row in lessons if row.slug in names]
    texts = {
        language: [row["texts"][language] for row in own if language in row["texts"]]
        for language in SUPPORTED_LOCALES
    }
    return {
        "slug": module.slug,
        "competencies": module.document["competencies"],
        "lessons": {language: len(rows) for language, rows in texts.items()},
        "characters": {
            language: sum(_characters(row["body"]) for row in rows)
            for language, rows in texts.items()
        },
        "items": sum(len(row["items"]) for row in own),
    }


def _characters(body: str) -> int:
    return len("".join(_RUBY.sub(r"\1", body).split()))


def _items(items: list[Draft]) -> dict[str, Any]:
    by_kind: dict[str, Counter[str]] = {}
    for row in items:
        kinds = by_kind.setdefault(row.document["competency"], Counter())
        kinds[row.document["kind"]] += 1
    return {
        competency: {"total": counts.total(), "by_kind": dict(sorted(counts.items()))}
        for competency, counts in sorted(by_kind.items())
    }


def _case(draft: Draft, index: ContentIndex) -> dict[str, Any]:
    case = case_from_document(draft.document)
    rubric = index.find("rubric", draft.document["rubric"]["id"])
    criteria = rubric.document["criteria"] if rubric else []
    measured = {row["id"]: row["measures"] for row in criteria}
    promised = {row.criterion for row in case.blueprint}
    ends = [row for row in case.scenes.values() if isinstance(row, EndScene)]
    return {
        "slug": case.id,
        "scenes": len(case.scenes),
        "facts": len(case.facts),
        "endings": len(ends),
        "routes": explore(case).to_dict()["routes"],
        "languages": list(case.offered_languages),
        "competencies": sorted({measured[name] for name in promised & set(measured)}),
    }


def _as_lines(figures: dict[str, Any]) -> list[str]:
    return [
        *(
            f"module {row['slug']}: {row['lessons']['ja']} lessons, "
            f"{row['characters']['ja']} characters (ja), {row['items']} questions"
            for row in figures["modules"]
        ),
        *(
            f"items {name}: {row['total']} "
            f"({', '.join(f'{kind} {n}' for kind, n in row['by_kind'].items())})"
            for name, row in figures["items"].items()
        ),
        *(
            f"case {row['slug']}: {row['scenes']} scenes, {row['facts']} facts, "
            f"{row['endings']} endings, {row['routes']} routes"
            for row in figures["cases"]
        ),
        f"rubrics: {figures['rubrics']}",
        f"directory: {figures['directory']['partners']} partners, "
        f"{figures['directory']['support_menus']} support menus",
        f"due for review: {', '.join(figures['review_due']) or 'nothing'}",
    ]
