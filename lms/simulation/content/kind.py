"""Cases as a kind of content."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lms.content.domain import Findings, Level
from lms.content.kinds import ContentIndex, Draft, Reference
from lms.simulation.content.checks.run import check_case, check_soundness
from lms.simulation.content.reading import CASE_FILE, read_case
from lms.simulation.domain.difference import compare

CASE_FOLDER = "case_simulations"


class CaseKind:
    """``case_simulations/<slug>/``: ``case.yaml``, and a text file for each language.

    A language that is not offered may have a text file too: it holds the spoken words
    of turns ``in`` that language, as many as the author has.
    """

    name = "case"

    def find(self, root: Path) -> Iterable[Path]:
        """Return the folders of all cases."""
        return sorted(
            path.parent for path in (root / CASE_FOLDER).glob(f"*/{CASE_FILE}")
        )

    def recognise(self, path: Path) -> Path | None:
        """Return the case folder that `path` is or lies in."""
        folder = path if path.is_dir() else path.parent
        return folder if (folder / CASE_FILE).is_file() else None

    def read(self, path: Path, root: Path, findings: Findings) -> list[Draft]:
        """Read one case; `path` is its folder or any file in it."""
        folder = path if path.is_dir() else path.parent
        found = read_case(folder, root, findings)
        if found is None:
            return []
        document, files = found
        return [
            Draft(
                kind=self.name,
                slug=folder.resolve().name,
                label=str(document["version"]),
                document=document,
                files=files,
                references=(
                    Reference("framework", document["framework"]["id"]),
                    Reference("rubric", document["rubric"]["id"]),
                ),
            )
        ]

    def check(self, draft: Draft, index: ContentIndex, findings: Findings) -> None:
        """Run every check of ``docs/case-format.md`` on a case that could be read."""
        check_case(draft, index, findings)

    def check_soundness(self, draft: Draft, findings: Findings) -> None:
        """Check only what a case needs to be played."""
        check_soundness(draft, findings)

    def check_change(
        self, before: Mapping[str, Any], draft: Draft, findings: Findings
    ) -> None:
        """Refuse a label that says too little (D1), and ids that are gone (D2)."""
        for fault in compare(before, draft.document).faults:
            if fault.is_error:
                place = tuple(fault.where.split("."))
                found = draft.main.finding(fault.code, Level.ERROR, place, fault.text)
                findings.add(found)
