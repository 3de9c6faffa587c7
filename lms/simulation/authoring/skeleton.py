"""A new case: the files that `lms case new` and the import write."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from lms.content.yaml_reader import dump_yaml

SKELETON = Path(__file__).parent / "skeleton_files"


@dataclass(frozen=True, slots=True)
class RubricFound:
    """A rubric of the content root that a new case can name.

    Attributes
    ----------
    criterion : str
        The first of its criteria, for the example.
    """

    id: str
    version: int
    framework: str
    criterion: str


def new_case_files(slug: str, rubric: RubricFound) -> dict[str, str]:
    """Return the smallest case that says something, with comments, by file name."""
    words = {
        "slug": slug,
        "framework": rubric.framework,
        "rubric": rubric.id,
        "rubric_version": str(rubric.version),
        "criterion": rubric.criterion,
    }
    return {
        path.name: Template(path.read_text("utf-8")).substitute(words)
        if path.name == "case.yaml"
        else path.read_text("utf-8")
        for path in sorted(SKELETON.glob("*.yaml"))
    }


def story_files(
    slug: str,
    rubric: RubricFound,
    *,
    start: str,
    scenes: Mapping[str, Any],
    texts: Mapping[str, str],
) -> dict[str, str]:
    """Return the files of a case that has scenes and words only, by file name."""
    document = {
        "format": "case/1",
        "id": slug,
        "version": 1,
        "status": "draft",
        "title": "t.title",
        "framework": {"id": "coordinator", "version": rubric.framework},
        "rubric": {"id": rubric.id, "version": rubric.version},
        "languages": {"source": "ja", "offered": ["ja"]},
        "people": {
            "me": {"role": "trainee"},
            "narrator": {"role": "narrator", "speaks": {"ja": "fluent"}},
        },
        "start": start,
        "scenes": dict(scenes),
    }
    return {"case.yaml": dump_yaml(document), "text.ja.yaml": dump_yaml(dict(texts))}


def write_case(folder: Path, files: Mapping[str, str]) -> None:
    """Write all files into a new folder.

    Raises
    ------
    FileExistsError
        The folder is there already; nothing is written.
    """
    folder.mkdir(parents=True, exist_ok=False)
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
