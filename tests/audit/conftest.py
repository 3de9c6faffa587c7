"""A lived-in database whose rows tests of facts change past the product."""

import pytest

from lms.db import Database, make_engine
from lms.settings import Settings
from tests.audit.tampering import Tampering
from tests.databases import fresh_database
from tests.operation.archives import fill


@pytest.fixture(scope="module")
def place(template_url, tmp_path_factory):
    """A database in which supervisors of a demo have returned sheets."""
    folder = tmp_path_factory.mktemp("facts")
    with fresh_database(folder, template=template_url) as url:
        settings = Settings(
            database_url=url,
            secret_key="only-for-tests-" * 4,
            data_dir=folder,
            is_demo=True,
            is_testing=True,
        )
        fill(url, settings)
        engine = make_engine(url)
        yield Tampering(Database(engine))
        engine.dispose()
