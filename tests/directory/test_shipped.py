"""The shipped directory: how much there is, and that conditions say what law says."""

from datetime import date

import pytest

from lms.content.domain import Findings
from lms.directory.content.checks import check_directory
from lms.directory.content.kind import DirectoryKind
from lms.directory.domain import ClientProfile, Verdict, eligibility
from lms.settings import PROJECT_ROOT
from tests.directory.making import FOLDER, shipped


def judge(menu_id, **facts):
    directory = shipped()
    named = {name.replace("_", "-"): value for name, value in facts.items()}
    profile = ClientProfile.from_facts(directory.attributes, named)
    return eligibility(directory.menus[menu_id], profile)


def test_there_are_as_many_as_promised():
    assert len(shipped().partners) >= 45
    assert len(shipped().menus) >= 70


def test_nothing_is_faulty_and_every_entry_is_used():
    kind, findings = DirectoryKind(), Findings()
    [draft] = kind.read(FOLDER / "directory.yaml", PROJECT_ROOT, findings)
    check_directory(draft, findings, today=date(2026, 11, 26))
    assert list(findings) == []


def test_every_attribute_is_read_by_some_condition():
    read = {name for row in shipped().menus.values() for name in row.reads()}
    assert read == set(shipped().attributes)


def test_every_theme_has_menus_and_partners():
    for theme in shipped().themes:
        assert any(row.theme == theme for row in shipped().menus.values()), theme
        assert any(theme in row.themes for row in shipped().partners.values()), theme


@pytest.mark.parametrize(
    ("menu", "facts", "verdict", "failed"),
    [
        # Notice of 1954: residents by position only (facts, section 12).
        (
            "public-assistance",
            {"status": "long-term", "low_income": True},
            "satisfied",
            [],
        ),
        ("public-assistance", {"status": "dependent"}, "failed", ["status"]),
        ("public-assistance", {"status": "none"}, "failed", ["status"]),
        ("public-assistance", {"status": "permanent"}, "unknown", []),
        # Civil legal aid: lawful residence; the JFBA's for the others (section 19).
        ("civil-legal-aid", {"status": "temporary-visitor"}, "failed", ["lawful"]),
        ("civil-legal-aid", {"status": "none"}, "failed", ["lawful"]),
        ("commissioned-aid", {"status": "none", "low_income": True}, "satisfied", []),
        # National Health Insurance (section 2.1).
        (
            "national-health-insurance",
            {"status": "temporary-visitor"},
            "failed",
            ["status"],
        ),
        (
            "national-health-insurance",
            {"insurance": "employees"},
            "failed",
            ["no-other"],
        ),
        ("national-health-insurance", {"age": 75}, "failed", ["age"]),
        # Protection from violence: whatever the status (section 9).
        (
            "temporary-protection",
            {"status": "none", "partner_violence": True},
            "satisfied",
            [],
        ),
        # Advance payment: 20,000 yen or more (section 5.2).
        ("advance-payment", {"unpaid_wages": 19999}, "failed", ["amount"]),
        (
            "advance-payment",
            {
                "unpaid_wages": 20000,
                "employer_bankrupt": "closed",
                "work": "left",
                "months_since_leaving": 3,
            },
            "satisfied",
            [],
        ),
        # Unemployment benefit: 12 of 24 months, or 6 of 12 after dismissal (5.4).
        (
            "unemployment-benefit",
            {"work": "left", "insured_months": 11},
            "failed",
            ["months"],
        ),
        (
            "unemployment-benefit",
            {
                "work": "dismissed",
                "insured_months": 6,
                "insured_months_year": 6,
                "may_work": True,
                "seeking_work": True,
            },
            "satisfied",
            [],
        ),
        # Lump-sum withdrawal: six months, under ten years, within two years (3).
        ("lump-sum-withdrawal", {"pension_months": 5}, "failed", ["six-months"]),
        ("lump-sum-withdrawal", {"pension_months": 120}, "failed", ["under-ten-years"]),
        (
            "lump-sum-withdrawal",
            {"months_since_departure": 25},
            "failed",
            ["two-years"],
        ),
        # Review of a refusal: 7 days (immigration file, section 12).
        (
            "refugee-review",
            {"refugee": "refused", "days_since_refusal": 7},
            "satisfied",
            [],
        ),
        (
            "refugee-review",
            {"refugee": "refused", "days_since_refusal": 8},
            "failed",
            ["seven"],
        ),
        # Status of a newborn: 30 days (section 4).
        ("acquisition", {"japanese": False, "days_since_birth": 30}, "satisfied", []),
        (
            "acquisition",
            {"japanese": False, "days_since_birth": 31},
            "failed",
            ["thirty"],
        ),
        # Work accident: worker status is enough (master table).
        (
            "accident-compensation",
            {"status": "none", "work": "employed", "work_injury": True},
            "satisfied",
            [],
        ),
        # Support duty of specified skilled workers (i) only (19, no. 8).
        ("ssw-support", {"status": "specified-skilled-2"}, "failed", ["status"]),
        # Mother-child handbook without status (master table).
        (
            "mother-child-handbook",
            {"status": "none", "pregnant": True, "in_japan": True},
            "satisfied",
            [],
        ),
        (
            "voluntary-continuation",
            {"days_since_insurance_lost": 21},
            "failed",
            ["twenty-days"],
        ),
        ("nationality-by-recognition", {"age": 18}, "failed", ["age"]),
    ],
)
def test_conditions_say_what_the_facts_say(menu, facts, verdict, failed):
    result = judge(menu, **facts)
    assert [row.id for row in result.failed] == failed
    assert result.verdict is Verdict(verdict)


def test_each_failed_condition_can_name_its_law_and_day():
    for menu in shipped().menus.values():
        for condition in menu.conditions:
            assert condition.basis.laws, (menu.id, condition.id)
            assert condition.basis.note.as_of, (menu.id, condition.id)


def test_nothing_unverified_can_fail():
    doubtful = [
        (menu, condition)
        for menu in shipped().menus.values()
        for condition in menu.conditions
        if condition.basis.is_unverified
    ]
    assert doubtful
    for menu, condition in doubtful:
        assert condition not in eligibility(menu, {}).unknown
