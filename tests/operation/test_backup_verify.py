"""`lms backup --verify`: what is called good can be restored."""

import json

import pytest
from click.testing import CliRunner

from lms.cli import cli
from lms.decisions.models import Decision
from lms.operation.backup.columns import describe
from lms.operation.backup.damage import ArchiveError
from tests.operation.archives import in_manifest, tamper, with_lines


def with_value(raw, column, value):
    """Put another value into a column of the first decision."""
    row, _, rest = raw.partition(b"\n")
    names = [name for name, _ in describe(Decision.__table__).columns]
    values = json.loads(row)
    values[names.index(column)] = value
    return json.dumps(values, separators=(",", ":")).encode() + b"\n" + rest


def verify(path):
    return CliRunner().invoke(cli, ["backup", "--verify", str(path)])


@pytest.mark.parametrize(
    ("table", "change", "words"),
    [
        # a number, to a row that has gone
        (
            "profiles",
            lambda raw: raw.replace(b"[1,", b"[999,", 1),
            r"profiles.* people",
        ),
        ("people", lambda raw: raw.partition(b"\n")[2], "refers to a row of people"),
        # a row of the same table, which may stand behind
        ("decisions", lambda raw: with_value(raw, "supersedes_id", 99), "of decisions"),
        # a name instead of a number
        ("signing_keys", lambda _raw: b"", r"credentials\.jsonl, line 1 refers to"),
        ("people", lambda raw: b"{}\n" + raw, r"people\.jsonl, line 1: this is no row"),
    ],
)
def test_a_backup_that_no_database_would_take_is_not_called_good(
    backup_file, tmp_path, table, change, words
):
    bad = with_lines(backup_file, tmp_path / "bad.zip", table, change)
    result = verify(bad)
    assert isinstance(result.exception, ArchiveError)
    with pytest.raises(ArchiveError, match=words):
        raise result.exception


def test_a_whole_backup_is_good(backup_file):
    result = verify(backup_file)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("good: ")


def test_of_a_backup_of_another_schema_it_is_said_what_was_not_looked_at(
    backup_file, tmp_path
):
    def without_a_column(raw):
        return raw.replace(b'["is_enabled", "boolean"]', b'["was_enabled", "boolean"]')

    compact = tamper(backup_file, tmp_path / "flat.zip", in_manifest())
    earlier = tamper(
        compact, tmp_path / "earlier.zip", {"manifest.json": without_a_column}
    )
    result = verify(earlier)
    assert result.exit_code == 0
    assert "References were not looked at" in result.stderr
