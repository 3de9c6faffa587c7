"""How laws and articles are written in each language."""

import pytest

from lms.directory.domain import LegalSource
from tests.directory.making import words


@pytest.mark.parametrize(
    ("articles", "japanese", "english"),
    [
        ((), "法", "法"),
        (("5",), "法 5条", "法, art. 5"),
        (("19-16",), "法 19条の16", "法, art. 19-16"),
        (("2-5(6)",), "法 2条の5第6項", "法, art. 2-5(6)"),
        (("2(3)(9)",), "法 2条3項9号", "法, art. 2(3)(9)"),
        (
            ("s9-3-2",),
            "法 附則9条の3の2",
            "法, art. 9-3-2 of the supplementary provisions",
        ),
        (("5", "6"), "法 5条、6条", "法, arts. 5, 6"),
    ],
)
def test_citation(articles, japanese, english):
    citation = LegalSource("act", words("法"), articles).citation
    assert citation.ja == japanese
    assert citation.en == english
