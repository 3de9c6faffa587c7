"""Cases for tests: read from a folder, from a text, or changed in one place."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lms.content.domain import Finding, Findings
from lms.content.kinds import ContentIndex, Draft
from lms.content.yaml_reader import load_yaml
from lms.settings import PROJECT_ROOT
from lms.simulation.content import walk
from lms.simulation.content.kind import CaseKind
from lms.simulation.content.reading import read_case
from lms.simulation.domain import Case, case_from_document

CASES = Path(__file__).parent / "cases"
KIND = CaseKind()


def copy_case(slug: str, root: Path) -> Path:
    """Copy a case of this folder under a content root of its own."""
    folder = root / "case_simulations" / slug
    shutil.copytree(CASES / slug, folder)
    return folder


def write_sample(root: Path) -> Path:
    """Write the literal sample of the format with made-up texts in its languages."""
    folder = copy_case("rent-letter", root)
    logic = load_yaml((folder / "case.yaml").read_text("utf-8"))[0]
    for scene in logic["scenes"].values():
        scene.setdefault("kind", "talk")
    text_ids = sorted({text_id for _, text_id in walk.text_ids(logic)})
    for language in logic["languages"]["offered"]:
        rows = [f"{text_id}: made up {language}\n" for text_id in text_ids]
        (folder / f"text.{language}.yaml").write_text("".join(rows), "utf-8")
    return folder


def write_advising(root: Path) -> None:
    """Write the case about a colleague with a rubric, so that it can be published."""
    frameworks = PROJECT_ROOT / "rubrics" / "frameworks"
    shutil.copytree(frameworks, root / "rubrics/frameworks", dirs_exist_ok=True)
    shipped = PROJECT_ROOT / "rubrics" / "first-interview.yaml"
    rubric = load_yaml(shipped.read_text("utf-8"))[0]
    named = advising_index().find("rubric", "advising")
    assert named is not None
    rubric |= {"id": "advising", "version": 1}
    rubric["criteria"] = [
        {**rubric["criteria"][0], **row} for row in named.document["criteria"]
    ]
    text = json.dumps(rubric, default=str, ensure_ascii=False)
    (root / "rubrics/advising.yaml").write_text(text, "utf-8")
    copy_case("advising", root)


def change(path: Path, old: str, new: str) -> None:
    """Replace a passage that stands in a file exactly once."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), "utf-8")


def rubric_draft(slug: str, version: Any, criteria: Iterable[str]) -> Draft:
    """Return a rubric as far as a case looks at it."""
    document = {"version": version, "criteria": [{"id": name} for name in criteria]}
    return Draft(kind="rubric", slug=slug, label="", document=document, files=())


def framework_draft() -> Draft:
    """Return the framework that all cases of these tests name."""
    return Draft(
        kind="framework",
        slug="coordinator",
        label="",
        document={"version": "2026.1"},
        files=(),
    )


def small_index() -> ContentIndex:
    """Return what the clean case refers to."""
    drafts = (framework_draft(), rubric_draft("small", 1, ("listens", "plans")))
    return ContentIndex({(draft.kind, draft.slug): draft for draft in drafts})


def advising_index() -> ContentIndex:
    """Return what the case about a colleague refers to."""
    criteria = ("chooses-approach", "guides", "judges", "plans", "sorts")
    criteria += ("knows-menus", "fills-in")
    drafts = (framework_draft(), rubric_draft("advising", 1, criteria))
    return ContentIndex({(draft.kind, draft.slug): draft for draft in drafts})


def sample_index() -> ContentIndex:
    """Return what the sample of the format refers to."""
    criteria = ("I1", "I2", "R1", "P1")
    drafts = (framework_draft(), rubric_draft("first-interview", 4, criteria))
    return ContentIndex({(draft.kind, draft.slug): draft for draft in drafts})


def check_folder(folder: Path, index: ContentIndex) -> list[Finding]:
    """Return everything that reading and checking a case finds."""
    findings = Findings()
    for draft in KIND.read(folder, folder.parents[1], findings):
        KIND.check(draft, index, findings)
    return list(findings)


def read_document(folder: Path) -> dict[str, Any]:
    """Return the document of a case that can be read."""
    findings = Findings()
    found = read_case(folder, folder, findings)
    assert found is not None, [str(row) for row in findings]
    return found[0]


def clean_case() -> Case:
    """Return the clean case."""
    return case_from_document(read_document(CASES / "clean"))


def advising_case() -> Case:
    """Return the case about a colleague, with a plan, a form and judgements."""
    return case_from_document(read_document(CASES / "advising"))


def make_document(**parts: Any) -> dict[str, Any]:
    """Return a case document in which everything not given is the least there is."""
    return {
        "format": "case/1",
        "id": "made",
        "version": 1,
        "languages": {"source": "ja", "offered": ["ja"]},
        "people": {"me": {"role": "trainee"}},
        "start": "hub",
        "texts": {},
        **parts,
    }


def make_case(**parts: Any) -> Case:
    """Build `make_document`."""
    return case_from_document(make_document(**parts))


def choice(name: str, to: str, **keys: Any) -> dict[str, Any]:
    """Return a choice row."""
    return {"id": name, "text": f"c.{name}", "to": to, **keys}


def talk(*choices: dict[str, Any], turns: Iterable[dict[str, Any]] = ()) -> Any:
    """Return a talk row."""
    return {"kind": "talk", "turns": list(turns), "choices": list(choices)}


def end(outcome: str = "closed") -> dict[str, Any]:
    """Return an end row."""
    return {"kind": "end", "outcome": outcome}
