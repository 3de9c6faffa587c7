"""The message catalogues say everything, in both languages, and nothing stale."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from lms.settings import PROJECT_ROOT, SUPPORTED_LOCALES
from lms.web.language import catalogue_path

PLACE = re.compile(r"%\((\w+)\)|\{(\w+)\}")


@pytest.fixture(scope="module")
def extracted(tmp_path_factory):
    out = tmp_path_factory.mktemp("messages") / "messages.pot"
    command = [str(Path(sys.executable).parent / "pybabel"), "-q", "extract"]
    options = ["-F", "babel.cfg", "-k", "_l", "-k", "message", "-o", str(out), "."]
    subprocess.run([*command, *options], cwd=PROJECT_ROOT, check=True)
    with out.open("rb") as file:
        return {message.id for message in read_po(file) if message.id}


def catalogue(language):
    with catalogue_path(language).open("rb") as file:
        return {m.id: m.string for m in read_po(file, locale=language) if m.id}


@pytest.mark.parametrize("language", SUPPORTED_LOCALES)
def test_every_message_is_there_and_none_is_stale(extracted, language):
    assert set(catalogue(language)) == extracted


@pytest.mark.parametrize("language", SUPPORTED_LOCALES)
def test_no_message_is_empty(language):
    for said, translated in catalogue(language).items():
        forms = [translated] if isinstance(translated, str) else translated
        assert all(forms), said


def test_place_holders_are_the_same_in_japanese():
    for said, translated in catalogue("ja").items():
        plural = said if isinstance(said, str) else said[1]
        japanese = translated if isinstance(translated, str) else translated[0]
        wanted, found = (set(PLACE.findall(text)) for text in (plural, japanese))
        assert found <= wanted, said
        assert wanted - found <= {("num", "")}, said
