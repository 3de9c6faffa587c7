"""One living installation and its backup, for all tests of this folder."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lms.db import make_engine
from lms.operation.backup.dump import back_up
from lms.settings import Settings
from tests.conftest import NOON
from tests.databases import fresh_database
from tests.operation.archives import fill


@pytest.fixture(scope="session")
def living(
    template_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Settings of an installation in which people live."""
    folder = tmp_path_factory.mktemp("living")
    with fresh_database(folder, template=template_url) as url:
        settings = Settings(
            database_url=url,
            secret_key="signs-sessions-" * 4,
            keys_secret="locks-keys-" * 4,
            data_dir=folder,
            public_url="https://living.example",
            is_demo=True,
            is_testing=True,
        )
        fill(url, settings)
        yield settings


@pytest.fixture(scope="session")
def backup_file(living: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of that installation."""
    path = tmp_path_factory.mktemp("backup") / "all.zip"
    engine = make_engine(living.database_url)
    back_up(engine, living, path, now=NOON)
    engine.dispose()
    return path


@pytest.fixture
def empty_url(tmp_path: Path) -> Iterator[str]:
    """A database without tables, of the kind under test."""
    with fresh_database(tmp_path) as url:
        yield url


@pytest.fixture
def moved(living: Settings, empty_url: str) -> Settings:
    """The same settings for another database."""
    return replace(living, database_url=empty_url)
