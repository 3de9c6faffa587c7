"""What was recorded once gives the same result for ever."""

import json

import pytest

from lms.content.domain import digest_of
from tests.simulation.golden_files import GOLDEN, played

FILES = {
    path.stem: json.loads(path.read_text("utf-8")) for path in GOLDEN.glob("*.json")
}
PLAYS = [
    pytest.param(golden["document"], play, id=f"{slug}-{number}")
    for slug, golden in sorted(FILES.items())
    for number, play in enumerate(golden["plays"])
]


@pytest.mark.parametrize("slug", sorted(FILES))
def test_document_keeps_its_digest(slug):
    assert digest_of(FILES[slug]["document"]) == FILES[slug]["digest"]


@pytest.mark.parametrize(("document", "recorded"), PLAYS)
def test_recorded_actions_give_what_they_gave(document, recorded):
    assert played(document, recorded["actions"]) == recorded["result"]
