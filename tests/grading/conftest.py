"""An application in which letters can be marked."""

from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, FileSystemLoader

from lms.evidence.domain import WorkKindRegistry
from lms.programme.queries import numbers_of
from tests.grading.values import LetterWork


@pytest.fixture
def app(app):
    app.extensions["lms_work_kinds"] = WorkKindRegistry((LetterWork(),))
    app.extensions.setdefault("lms_numbers_of", numbers_of)
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    app.jinja_loader = ChoiceLoader([app.jinja_loader, folder])
    return app
