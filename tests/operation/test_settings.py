"""Settings as a template leaves them, and the page that names them all."""

import re

import pytest

from lms.errors import SettingsError
from lms.operation.doctor.configured import list_settings
from lms.retention import CLASSES
from lms.settings import PROJECT_ROOT, Settings, env_value
from tests.conftest import NOON

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


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        *(
            (f"LMS_RETAIN_{name.upper()}_DAYS", "99999999", "from 1 to 36500")
            for name in CLASSES
        ),
        ("LMS_RETAIN_MAILS_DAYS", "9" * 5000, "from 1 to 36500"),
        ("LMS_VALIDITY_YEARS", "101", "from 1 to 100"),
        ("LMS_SESSION_HOURS", "99999999", "from 1 to"),
        ("LMS_SESSION_IDLE_MINUTES", "99999999", "from 1 to"),
        ("LMS_TRUSTED_PROXIES", "-1", "from 0 to 100"),
        ("LMS_DEMO", "maybe", "LMS_DEMO must be one of: 1, 0"),
        ("LMS_DEMO", "true", "LMS_DEMO must be one of: 1, 0"),
        ("LMS_OIDC_IS_SECOND_FACTOR", "yes", "SECOND_FACTOR must be one of: 1, 0"),
        ("LMS_PUBLIC_URL", "https://a.example:65536", "from 1 to 65535"),
        ("LMS_PUBLIC_URL", "https://a.example:0", "from 1 to 65535"),
        ("LMS_PUBLIC_URL", "https://a.example:x", "from 1 to 65535"),
        ("LMS_PUBLIC_URL", "https://[a", "must look like"),
        ("LMS_PUBLIC_URL", "https://", "must look like"),
        ("LMS_PUBLIC_URL", "ftp://a.example", "must look like"),
        ("LMS_PUBLIC_URL", "https://a.example/?x=1", r"no \? and no #"),
        ("LMS_PUBLIC_URL", "https://a.example/#x", r"no \? and no #"),
        ("LMS_PUBLIC_URL", "https://a b.example", "no blank"),
        ("LMS_PUBLIC_URL", "https://someone:hidden@a.example", "no user"),
    ],
)
def test_what_would_fail_later_is_refused_at_once(name, value, words):
    with pytest.raises(SettingsError, match=words) as refused:
        Settings.from_env({"LMS_SECRET_KEY": SECRET, name: value})
    assert name in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_what_lies_at_the_limit_is_taken():
    given = {
        "LMS_RETAIN_TEXTS_DAYS": "36500",
        "LMS_DEMO": "0",
        "LMS_PUBLIC_URL": "http://[::1]:65535/training/",
    }
    found = Settings.from_env({"LMS_SECRET_KEY": SECRET, **given})
    assert found.retention.cutoff("texts", NOON).year == 1926
    assert not found.is_demo
    assert found.public_url == "http://[::1]:65535/training"


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
