"""The JSON Schemas of content files, as `docs/schemas/` keeps them for editors.

They are made from the parsers, so that the two cannot disagree. `make schemas` writes
them.
"""

import json
from typing import Any

from pydantic import BaseModel

from lms.assessment.content import BankFile
from lms.curriculum.content import LessonHead, ModuleFile, TranslationHead
from lms.directory.content.shape import (
    AttributesFile,
    HeadFile,
    MenusFile,
    PartnersFile,
    SourcesFile,
)
from lms.framework.content import FrameworkFile, RubricFile
from lms.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "docs" / "schemas"
MODELS: dict[str, type[BaseModel]] = {
    "directory": HeadFile,
    "directory-attributes": AttributesFile,
    "directory-menus": MenusFile,
    "directory-partners": PartnersFile,
    "directory-sources": SourcesFile,
    "framework": FrameworkFile,
    "items": BankFile,
    "lesson": LessonHead,
    "lesson-translation": TranslationHead,
    "module": ModuleFile,
    "rubric": RubricFile,
}


def schema_of(name: str) -> dict[str, Any]:
    """Return the schema of one kind of file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **MODELS[name].model_json_schema(),
    }


def main() -> None:
    for name in MODELS:
        text = json.dumps(schema_of(name), ensure_ascii=False, indent=2)
        (FOLDER / f"{name}.schema.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
