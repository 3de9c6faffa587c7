"""The page on security names every requirement of level 1, and tests that exist."""

import re

from lms.settings import PROJECT_ROOT

PAGE = (PROJECT_ROOT / "docs" / "security.md").read_text(encoding="utf-8")
# OWASP ASVS 5.0.0: the requirements of level 1, by section.
LEVEL_1 = {
    "1.2": (1, 2, 3, 4, 5),
    "1.3": (1, 2),
    "1.5": (1,),
    "2.1": (1,),
    "2.2": (1, 2),
    "2.3": (1,),
    "3.2": (1, 2),
    "3.3": (1,),
    "3.4": (1, 2),
    "3.5": (1, 2, 3),
    "4.1": (1,),
    "4.4": (1,),
    "5.2": (1, 2),
    "5.3": (1, 2),
    "6.1": (1,),
    "6.2": (1, 2, 3, 4, 5, 6, 7, 8),
    "6.3": (1, 2),
    "6.4": (1, 2),
    "7.2": (1, 2, 3, 4),
    "7.4": (1, 2),
    "8.1": (1,),
    "8.2": (1, 2),
    "8.3": (1,),
    "9.1": (1, 2, 3),
    "9.2": (1,),
    "11.3": (1, 2),
    "11.4": (1,),
    "12.1": (1,),
    "12.2": (1, 2),
    "13.4": (1,),
    "14.2": (1,),
    "14.3": (1,),
    "15.1": (1,),
    "15.2": (1,),
    "15.3": (1,),
}


def test_every_requirement_of_level_1_has_its_row():
    wanted = {f"{part}.{n}" for part, numbers in LEVEL_1.items() for n in numbers}
    assert (
        len(wanted) == 65
    )  # and 10.4.1 to 10.4.5, for servers that the product is not
    level_1 = PAGE.split("## Level 1")[1].split("## Level 2")[0]
    rows = set(re.findall(r"^\| ([0-9.]+) \|", level_1, re.M))
    assert wanted == rows
    assert "| 10.4.1–10.4.5 |" in level_1


def test_every_test_that_the_page_names_exists():
    named = set(re.findall(r"`([a-z_/]+\.py)::(test_\w+)`", PAGE))
    assert len(named) > 50
    for file, test in named:
        source = (PROJECT_ROOT / "tests" / file).read_text(encoding="utf-8")
        assert re.search(rf"^def {test}\(", source, re.M), f"{file}::{test}"
