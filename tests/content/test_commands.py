"""`lms content` where there is nothing to find."""

import pytest
from click.testing import CliRunner

from lms.cli import cli
from lms.errors import InvalidInputError


@pytest.mark.parametrize("place", ["", "none"])
@pytest.mark.parametrize("words", [["check"], ["publish", "--by", "x"], ["stats"]])
def test_a_folder_without_content_is_refused_not_found_faultless(
    tmp_path, monkeypatch, words, place
):
    monkeypatch.setenv("LMS_SECRET_KEY", "only-for-tests-" * 4)
    monkeypatch.setenv("LMS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LMS_CONTENT_ROOT", str(tmp_path / place))
    refused = CliRunner().invoke(cli, ["content", *words])
    assert isinstance(refused.exception, InvalidInputError)
    assert str(tmp_path / place) in str(refused.exception)
    assert refused.output == ""
