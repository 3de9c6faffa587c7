"""Finding partners and menus."""

import pytest

from lms.directory.domain import Wanted, find_menus, find_partners, fold
from tests.directory.making import shipped


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ハローワーク", "はろーわーく"),
        ("ﾊﾛｰﾜｰｸ", "ハローワーク"),
        ("ＤＶ", "dv"),
        ("クーリング・オフ", "くーりんぐおふ"),
        ("HELLO Work", "hello work"),
    ],
)
def test_width_case_and_kana_do_not_matter(one, other):
    assert fold(one) == fold(other)


def menus(**wanted):
    return {row.id for row in find_menus(shipped(), Wanted(**wanted))}


def partners(**wanted):
    return {row.id for row in find_partners(shipped(), Wanted(**wanted))}


@pytest.mark.parametrize(
    ("text", "menu"),
    [
        ("せいかつほご", "public-assistance"),
        ("セイカツホゴ", "public-assistance"),
        ("public assistance", "public-assistance"),
        ("脱退一時金", "lump-sum-withdrawal"),
        ("Health Insurance Act 101", "birth-lump-sum"),
        ("健康保険法 101条", "birth-lump-sum"),
        ("離婚 不受理", "divorce-refusal"),
        ("OTIT transfer", "intern-protection"),
    ],
)
def test_words_of_both_languages_and_laws_are_found(text, menu):
    assert menu in menus(words=text)


def test_every_word_must_be_there():
    assert menus(words="離婚") > menus(words="離婚 不受理")
    assert menus(words="離婚 存在しないことば") == set()


def test_filters_narrow_down():
    housing = menus(theme="housing")
    assert {"housing-benefit", "public-housing"} <= housing
    assert "child-allowance" not in housing
    assert "labour-phone" in partners(language="my")
    assert "welfare-office" not in partners(language="my")
    assert "work-phone-advice" in menus(language="my")
    assert all(
        shipped().partners[name].area == "municipality"
        for name in partners(area="municipality")
    )
    assert menus() == set(shipped().menus)
