"""Settings as a template leaves them, and the page that names them all."""

import re

import pytest

from lms.errors import SettingsError
from lms.operation.doctor.configured import list_settings
from lms.settings import PROJECT_ROOT, Settings, env_value

SECRET = "only-for-tests-" * 4
PAGE = (PROJECT_ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
TEMPLATE = PROJECT_ROOT / "docs" / "deployment" / "settings.env"


def test_a_variable_that_is_left_empty_is_not_set():
    bare = Settings.from_env({"LMS_SECRET_KEY": SECRET})
    names = [name for name, _ in list_settings(bare) if name != "LMS_SECRET_KEY"]
    for blank in ("", " \t"):
        left = dict.fromkeys(names, blank)
        assert Settings.from_env({"LMS_SECRET_KEY": SECRET, **left}) == bare


def test_the_template_needs_only_what_it_leaves_empty(monkeypatch):
    lines = TEMPLATE.read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line[:1] not in ("#", ""))
    found = Settings.from_env({**given, "LMS_SECRET_KEY": SECRET})
    assert found.database_url.startswith("postgresql+psycopg://")
    assert (found.body_name_ja, found.smtp_url) == ("認証機関", None)
    monkeypatch.setenv("LMS_CONTENT_ROOT", " ")
    assert env_value("LMS_CONTENT_ROOT") is None


def test_a_secret_of_blanks_is_none():
    with pytest.raises(SettingsError, match="LMS_SECRET_KEY is not set"):
        Settings.from_env({"LMS_SECRET_KEY": " " * 40})


@pytest.mark.parametrize(
    "url",
    [
        "hello",
        "mysql://someone:hidden@a/b",
        "postgresql://someone:hidden@host:port/name",
        "postgresql+psycopg2://someone:hidden@host/name",
    ],
)
def test_an_address_of_no_database_is_refused_without_being_quoted(url):
    with pytest.raises(SettingsError, match="LMS_DATABASE_URL must look") as refused:
        Settings.from_env({"LMS_SECRET_KEY": SECRET, "LMS_DATABASE_URL": url})
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("url", ["redis://127.0.0.1/abc", "rediss://h:1/0/1"])
def test_a_redis_database_that_is_no_number_is_refused(url):
    with pytest.raises(SettingsError, match="number of a database"):
        Settings.from_env({"LMS_SECRET_KEY": SECRET, "LMS_REDIS_URL": url})


@pytest.mark.parametrize(
    "url", ["redis://h", "redis://h/", "rediss://h:1/15", "unix:///run/r.sock?db=1"]
)
def test_a_redis_database_may_be_named_or_left_out(url):
    read = Settings.from_env({"LMS_SECRET_KEY": SECRET, "LMS_REDIS_URL": url})
    assert read.redis_url == url


def test_every_setting_stands_on_the_page():
    shown = [
        name for name, _ in list_settings(Settings.from_env({"LMS_SECRET_KEY": SECRET}))
    ]
    rows = "\n".join(re.findall(r"^\| (`LMS_.*?) \|", PAGE, re.MULTILINE))
    assert [name for name in shown if f"`{name}`" not in rows] == []
