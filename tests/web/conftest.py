"""Fixtures of the web package's tests."""

import pytest

from lms.app import create_app
from lms.db import Database, make_engine


@pytest.fixture
def cut_off(settings, tmp_path):
    """The application of an installation whose database is gone."""
    engine = make_engine(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite'}")
    return create_app(settings, Database(engine)).test_client()
