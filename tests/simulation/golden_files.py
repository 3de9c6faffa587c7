"""Golden files: published documents, recorded actions, and what they must always give.

``python -m tests.simulation.golden_files FOLDER`` writes the file of a case that is new
here. A file that exists is never written again: old attempts must go on giving what
they gave.
"""

import json
import sys
from pathlib import Path
from typing import Any

from lms.content.domain import digest_of
from lms.simulation.domain import case_from_document, play, play_named
from lms.simulation.domain.plain import result_to_dict
from tests.simulation.case_files import read_document

GOLDEN = Path(__file__).parent / "golden"


def played(document: dict[str, Any], actions: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the result of recorded actions as plain JSON."""
    result = play(case_from_document(document), actions)
    plain: dict[str, Any] = json.loads(json.dumps(result_to_dict(result)))
    return plain


def record(document: dict[str, Any]) -> dict[str, Any]:
    """Return the golden file of a case: every named play of it."""
    document = json.loads(json.dumps(document))
    case = case_from_document(document)
    plays = []
    for test in case.tests:
        steps = play_named(case, test.play).steps
        actions = json.loads(json.dumps([step.action.to_dict() for step in steps]))
        result = played(document, actions)
        plays.append({"name": test.name, "actions": actions, "result": result})
    return {"digest": digest_of(document), "document": document, "plays": plays}


def main() -> None:
    document = read_document(Path(sys.argv[1]))
    path = GOLDEN / f"{document['id']}.json"
    text = json.dumps(record(document), ensure_ascii=False, indent=1)
    with path.open("x", encoding="utf-8") as file:
        file.write(text + "\n")


if __name__ == "__main__":
    main()
