"""The whole line in a real browser: from the first lesson to a verified certificate."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import decide, enter, is_accessible, leave, press, run

pytestmark = pytest.mark.journey

LESSON = "/modules/consultation-interview/first-ten-minutes"
LESSON_FILE = "curricula/consultation-interview/01-first-ten-minutes.ja.md"
CASE_FILE = "case_simulations/rent-letter/case.yaml"
CHOICES = (
    *("desk.call_line", "need.letter", None, "need.why", "need.money", "need.card"),
    *("need.school", "need.alone", "alone.gently", "alone.options", "need.enough"),
)
PLAN = {
    "ja": "今日のうちに市の自立相談支援機関へ一緒に電話し、住居確保給付金の相談を予約します。"
    "夜の電話のことは本人が決めたとおり警察の相談窓口に一緒に連絡します。"
    "12月1日にもう一度、電話通訳を入れて会い、うまくいかなければ次の手を決めます。",
    "en": "Today we call the city's consultation service together and book a talk about "
    "the housing benefit. About the calls at night we contact the police desk together, "
    "as he decided. We meet again on 1 December with the telephone interpreter.",
}
SEES = {
    "ja": {
        "lesson": "はじめの10分",
        "done": "このレッスンは完了です",
        "waiting": "採点待ち",
        "marked": "採点済み",
        "valid": "この認証証は有効です",
        "specimen": "見本",
        "none": "未確認",
        "version": "第2版",
    },
    "en": {
        "lesson": "The first ten minutes",
        "done": "This lesson is done",
        "waiting": "Waiting for marking",
        "marked": "Marked",
        "valid": "This certificate is valid",
        "specimen": "Specimen",
        "none": "No evidence",
        "version": "version 2",
    },
}


@pytest.fixture
def page(browser, language):
    context = browser.new_context(
        locale=language,
        viewport={"width": 1280, "height": 900},
        reduced_motion="reduce",  # colours in between are no colours to judge
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@pytest.mark.parametrize("language", ["ja", pytest.param("en", marks=pytest.mark.slow)])
def test_the_line_holds_from_lesson_to_certificate(page, site, language, tmp_path):
    sees = SEES[language]
    work = learn_and_play(page, site, sees, language)
    keep = start_another_attempt(page, site)
    mark(page, site, sees, work)
    look_at_record(page, site, sees)
    number = certify(page, site, language)
    verify_elsewhere(page, site, sees, number, tmp_path)
    write_a_new_version(page, site, sees, keep)


def learn_and_play(page, site, sees, language):
    enter(page, site, "trainee")
    expect(page.locator("h2#next-title")).to_contain_text(sees["lesson"])
    is_accessible(page)
    press(page.locator(".act a.button--filled"))
    expect(page.locator("h1")).to_contain_text(sees["lesson"])
    is_accessible(page)
    answer_questions(page)
    expect(page.get_by_text(sees["done"])).to_be_visible()
    is_accessible(page)
    page.goto(f"{site.url}/cases/rent-letter")
    decide(page)
    for choice in CHOICES:
        if choice is not None:
            page.locator(f"input[value='{choice}']").check()
        decide(page)
    is_accessible(page)
    answer_tasks(page, language)
    expect(page.get_by_text(sees["waiting"]).first).to_be_visible()
    is_accessible(page)
    return page.url.split("/attempts/")[1].split("/")[0]


def answer_questions(page):
    """Answer each question of a lesson with the first things that it offers."""
    for left in reversed(range(page.locator(".pips li").count())):
        for place, part in enumerate(page.locator("form.act select").all(), 1):
            part.select_option(index=place)
        if page.locator(".table--ends").count():
            for place, end in enumerate(("best", "worst")):
                page.locator(f"form.act input[name$='part_{end}']").nth(place).check()
        elif not page.locator("form.act select").count():
            page.locator("form.act .choice__control").first.check()
        press(page.locator("form.act button.button--filled"))
        if left:
            press(page.locator("section.answered a.button--filled"))


def answer_tasks(page, language):
    for item, when in {
        "safety": "today",
        "landlord": "today",
        "isa_notice": "this_week",
        "income": "this_week",
        "school": "this_week",
        "school_form": "later",
    }.items():
        page.locator(f"input[name='item_{item}'][value='{when}']").check()
    decide(page)
    page.locator("input[value='consent.explain']").check()
    decide(page)
    page.locator("input[name='pick_housing']").check()
    page.locator("textarea[name='reason_housing']").fill(
        "家賃と収入を一緒に相談できるため"
    )
    page.locator("input[name='consent_housing'][value='yes']").check()
    page.locator("input[name='share_housing'][value='arrears']").check()
    page.locator("textarea[name='follow_housing']").fill("1週間後に本人に聞く")
    is_accessible(page)
    decide(page)
    page.locator("textarea[name='text']").fill("短い")
    decide(page)
    expect(page.locator("textarea[name='text']")).to_have_value("短い")
    page.locator("textarea[name='text']").fill(PLAN[language])
    page.locator("select[name='language']").select_option(language)
    decide(page)


def start_another_attempt(page, site):
    """Leave an attempt under way that began with the first version."""
    page.goto(f"{site.url}/cases/rent-letter")
    decide(page)
    address = page.url
    leave(page)
    return address


def mark(page, site, sees, work):
    enter(page, site, "supervisor")
    is_accessible(page)
    page.goto(f"{site.url}/marking/")
    is_accessible(page)
    page.goto(f"{site.url}/marking/{work}")
    press(page.locator("button[name=act][value=return]"))
    expect(page.locator(".error-summary")).to_be_visible()
    for picker in page.locator("fieldset.picker").all():
        picker.locator("input[type=radio][value='3']").check(force=True)
    is_accessible(page)
    page.locator("textarea[name=comment]").fill("ていねいに聞けていました。")
    press(page.locator("button[name=act][value=return]"))
    assert page.url.endswith("/returned")
    is_accessible(page)
    leave(page)


def look_at_record(page, site, sees):
    enter(page, site, "trainee")
    expect(page.get_by_text(sees["marked"]).first).to_be_visible()
    page.goto(f"{site.url}/competencies/")
    expect(page.locator("main")).to_contain_text(sees["none"])
    expect(page.locator("main")).to_contain_text("%")
    is_accessible(page)
    page.goto(f"{site.url}/competencies/interviewing")
    expect(page.locator("main a[href*='/attempts/']").first).to_be_visible()
    is_accessible(page)
    leave(page)


def certify(page, site, language):
    enter(page, site, "certifier")
    page.goto(f"{site.url}/cohorts/demo-8")
    is_accessible(page)
    page.goto(f"{site.url}/decisions/demo-8/8-01")
    press(page.locator("main form button.button--filled").first)
    is_accessible(page)
    reason = "旅の見本です。証拠を読み、理由を添えて決めました。"
    for name in {
        field.get_attribute("name")
        for field in page.locator("input[type=radio][name$='-outcome']").all()
    }:
        awarded = name.startswith(("interviewing", "situation-assessment"))
        value = "award" if awarded else "more_evidence"
        page.locator(f"input[name='{name}'][value='{value}']").check()
        field = page.locator(f"textarea[name='{name.replace('outcome', 'reason')}']")
        field.evaluate("(node) => node.closest('details')?.setAttribute('open', '')")
        field.fill(reason)
    page.locator("input[name='outcome'][value='award']").check()
    page.locator("textarea[name='reason']").fill(reason)
    press(page.locator("form:has(input[name='outcome']) button[type=submit]").last)
    press(page.locator("form[action*='/credentials/issue/'] button"))
    assert "/credentials/" in page.url
    is_accessible(page)
    return page.url.rsplit("/", 1)[1]


def verify_elsewhere(page, site, sees, number, folder: Path):
    keys = folder / "jwks.json"
    keys.write_bytes(page.request.get(f"{site.url}/.well-known/jwks.json").body())
    token = folder / "certificate.jwt"
    token.write_bytes(page.request.get(f"{site.url}/credentials/{number}.jwt").body())
    status = folder / "status.jwt"
    status.write_bytes(page.request.get(f"{site.url}/status/1").body())
    records = folder / "records.json"
    address = f"{site.url}/cohorts/demo-8/records"
    records.write_bytes(page.request.get(f"{address}.json").body())
    table = page.request.get(f"{address}.csv").body().decode("utf-8-sig")
    assert table.startswith("cohort,subject_id")
    for file in (token, records):
        assert "valid" in run(site, "records", "verify", file, "--keys", keys)
        wrong = bytearray(file.read_bytes())
        wrong[len(wrong) // 2] ^= 1
        (folder / "wrong").write_bytes(wrong)
        run(site, "records", "verify", folder / "wrong", "--keys", keys, code=1)
    with_state = ["--status", status, "--format", "json"]
    said = json.loads(
        run(site, "records", "verify", token, "--keys", keys, *with_state)
    )
    assert said["status"] == "active" or said.get("state") == "active", said
    leave(page)
    page.goto(f"{site.url}/verify/{number}")
    expect(page.locator("main")).to_contain_text(sees["valid"])
    expect(page.locator("main")).to_contain_text(sees["specimen"])
    is_accessible(page)


def write_a_new_version(page, site, sees, attempt):
    path = site.content_root / CASE_FILE
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("to: need\n", "to: nowhere\n", 1), encoding="utf-8")
    line = before[: before.index("to: need\n")].count("\n") + 1
    said = run(site, "content", "check", path, code=1)
    assert f"{CASE_FILE}:{line}: " in said
    path.write_text(before.replace("version: 1\n", "version: 2\n", 1), encoding="utf-8")
    assert "published case rent-letter" in run(site, "content", "publish", "--by", "a")
    enter(page, site, "trainee")
    page.goto(attempt)
    page.locator("input[value='desk.call_line']").check()
    decide(page)
    expect(page.locator("input[value='need.letter']")).to_be_visible()
    page.goto(f"{site.url}/cases/rent-letter")
    expect(page.locator("main")).to_contain_text(sees["version"])
