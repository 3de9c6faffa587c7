"""An administrator invites a person, who accepts and sees only their own learner."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import decide, enter, is_accessible, leave, press, run

pytestmark = pytest.mark.journey

EMAIL = "guide@demo.example"
PASSWORD = "four walnuts under a ladder"
LIST = (
    "氏名,メールアドレス,役割\n見本 良,good@demo.example,受講者\n見本 悪,bad,月面担当\n"
)


@pytest.fixture
def page(browser):
    context = browser.new_context(
        locale="ja", viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def mailed_link(site):
    run(site, "worker", "--once")
    (mail,) = Path(site.environment["LMS_DATA_DIR"], "outbox").glob("*.eml")
    letter = message_from_bytes(mail.read_bytes(), policy=policy.default)
    return re.search(rf"{site.url}/sign-in/invitation/\S+", letter.get_content())[0]


def invite(page, site):
    page.goto(f"{site.url}/admin/people/new")
    is_accessible(page)
    decide(page)
    expect(page.locator(".error-summary")).to_be_visible()
    is_accessible(page)
    page.locator("main input[name=name]").fill("見本 新指導")
    page.locator("main input[name=email]").fill(EMAIL)
    page.locator("main input[name=roles][value=supervisor]").check()
    decide(page)
    assert re.search(r"/admin/people/[0-9a-f-]{36}$", page.url)
    is_accessible(page)
    return page.url


def assign(page, person, email):
    page.goto(person)
    form = page.locator("form[action$='/learners']")
    form.evaluate("(node) => node.closest('details').setAttribute('open', '')")
    form.locator("input[type=email]").fill(email)
    press(form.locator("button"))
    expect(page.locator("main")).to_contain_text("見本 佐久間")


def look_at_lists(page, site):
    for path in ("", "admin/people/", "admin/organisations/", "admin/people/import/"):
        page.goto(f"{site.url}/{path}")
        is_accessible(page)
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    page.locator("input[type=file]").set_input_files(files=[file])
    decide(page)
    expect(page.locator("main")).to_contain_text("「月面担当」")
    is_accessible(page)


def test_an_invited_supervisor_sees_only_the_learner_they_were_given(page, site):
    enter(page, site, "administrator")
    look_at_lists(page, site)
    person = invite(page, site)
    assign(page, person, "learner2@demo.example")
    is_accessible(page)
    records = [record_of(page, site, name) for name in ("見本 佐久間", "見本 戸川")]
    leave(page)
    page.goto(mailed_link(site))
    is_accessible(page)
    page.locator("input[type=password]").fill(PASSWORD)
    decide(page)
    page.goto(f"{site.url}/sign-in")
    page.locator("input[name=email]").fill(EMAIL)
    page.locator("input[name=password]").fill(PASSWORD)
    press(page.locator("form:has(input[name=password]) button[type=submit]").last)
    assert page.url == f"{site.url}/"
    assert [page.goto(record).status for record in records] == [200, 404]


def record_of(page, site, name):
    """Look for a learner; return where a supervisor of theirs finds the record."""
    page.goto(f"{site.url}/admin/people/")
    page.locator("input[name=search]").fill(name)
    press(page.locator("form[role=search] button"))
    assert page.url.endswith("found=1")
    link = page.locator("main table a").get_attribute("href")
    return f"{site.url}/competencies/of/{link.rsplit('/', 1)[1]}"
