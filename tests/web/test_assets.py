"""Static files are kept by browsers under the address that names their bytes."""

import re

import pytest


def test_a_file_under_the_address_of_a_page_is_kept_for_ever(client):
    page = client.get("/sign-in").get_data(as_text=True)
    address = re.search(r'href="(/static/[^"]+\.css\?v=[0-9a-f]+)"', page).group(1)
    with client.get(address) as answer:
        kept = answer.headers["Cache-Control"]
    assert kept == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("query", ["", "?v=0123456789"], ids=["no hash", "another's"])
def test_a_file_under_any_other_address_is_asked_for_again(client, query):
    with client.get(f"/static/tokens.css{query}") as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-cache"


def test_a_file_that_does_not_exist_is_not_kept(client):
    answer = client.get("/static/none.css?v=0123456789")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("Cache-Control", "")
