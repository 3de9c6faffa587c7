"""An author looks at cases as their files stand: nothing stored, faults said."""

import re
import shutil
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from lms.content.yaml_reader import load_yaml
from lms.evidence.models import Evidence
from lms.permissions import Role
from lms.settings import PROJECT_ROOT
from lms.simulation.authoring.on_disk import get_case
from lms.simulation.domain.standing import Standing, list_ways, stand
from lms.simulation.models import Attempt
from lms.web.markdown import without_readings
from tests.architecture.test_queries import count_queries
from tests.factories.accounts import make_person
from tests.simulation.case_files import change

SCENE = "/studio/cases/rent-letter/scenes"


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "content"
    for name in ("rubrics", "curricula/directory", "case_simulations/rent-letter"):
        shutil.copytree(PROJECT_ROOT / name, root / name)
    return root


@pytest.fixture
def settings(settings, root):
    return replace(settings, content_root=root)


@pytest.fixture
def author(session, sign_in):
    person = make_person(session, Role.AUTHOR)
    sign_in(person)
    return person


def text_of(root):
    return root / "case_simulations/rent-letter/text.ja.yaml"


def logic_of(root):
    return root / "case_simulations/rent-letter/case.yaml"


def test_the_list_and_the_case_show_a_saved_file_at_once(client, author, root):
    assert "家賃" in client.get("/studio/cases/").text
    change(text_of(root), 't.title: "家賃の手紙"', 't.title: "書きかえた題"')
    assert "書きかえた題" in client.get("/studio/cases/").text
    assert "書きかえた題" in client.get("/studio/cases/rent-letter").text
    assert "書きかえた題" in client.get(f"{SCENE}/desk").text


def test_a_case_page_has_map_links_findings_and_figures(client, author, root):
    page = client.get("/studio/cases/rent-letter").text
    links = re.findall(r'href="(/studio/cases/rent-letter/scenes/[^"]+)"', page)
    assert len(links) >= 10
    assert "finds-need" in page
    for link in links:
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_a_broken_case_shows_its_findings_instead_of_scenes(client, author, root):
    change(logic_of(root), "\nscenes:", "\nscenery: 1\nscenes:")
    number = logic_of(root).read_text().splitlines().index("scenery: 1") + 1
    for path in ("/studio/cases/", "/studio/cases/rent-letter", f"{SCENE}/desk"):
        answer = client.get(path)
        assert answer.status_code == 200
        place = f"case_simulations/rent-letter/case.yaml:{number}"
        assert place in answer.text, path
        assert "unknown key" in answer.text


def test_a_finding_of_the_checker_stands_with_file_and_line(client, author, root):
    line = next(
        row
        for row in text_of(root).read_text().splitlines()
        if row.startswith("t.desk")
    )
    change(text_of(root), f"\n{line}\n", "\n")
    page = client.get("/studio/cases/rent-letter").text
    assert re.search(r"case_simulations/rent-letter/\S+\.yaml:\d+", page)
    assert line.split(":")[0] in page


def test_a_turn_is_heard_through_the_chosen_interpreter(client, author, root):
    path = PROJECT_ROOT / "case_simulations/rent-letter/text.ja.yaml"
    texts = load_yaml(path.read_text("utf-8"))[0]
    spoken = {"line": texts["t.need.why"], "son": texts["t.need.why.son"]}
    for voice, words in spoken.items():
        page = client.get(f"{SCENE}/need?state_topic=why&state_voice={voice}").text
        assert without_readings(words)[:12] in page
        assert ("伝わらないこと" in page) == (voice == "son")


def test_each_choice_leads_to_the_scene_with_the_state_after_it(client, author, root):
    page = client.get(f"{SCENE}/desk").text
    case = get_case(root, "rent-letter").case
    ways = list_ways(case, stand(case, "desk", Standing()).state)
    assert ways
    for way in ways:
        assert way.entry in page
        if way.is_allowed:
            link = re.search(
                rf'href="([^"]+)">(?=[^<]*</a></p>\s*<p class="meta">{way.entry}\b)',
                page,
            )
            after = client.get(link.group(1).replace("&amp;", "&")).text
            chosen = re.findall(r'<option value="([^"]+)" selected>', after)
            values = [str(value) for value in way.arrival.state.values]
            assert [value.lower() for value in values] == chosen


def test_looking_stores_nothing(client, author, session):
    client.get("/studio/cases/rent-letter")
    client.get(f"{SCENE}/desk?minutes=5")
    for table in (Attempt, Evidence):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_english_readers_get_english_and_keep_every_chosen_fact(client, author):
    page = client.get(f"{SCENE}/desk?facts=arrears&facts=debt&lang=en")
    assert page.status_code == 303
    assert page.location.count("facts=") == 2
    english = client.get(page.location).text
    assert "Facts that are known" in english
    assert len(re.findall(r'name="facts"[^>]* checked', english)) == 2


def test_a_value_that_the_case_does_not_know_is_said_at_its_field(client, author):
    answer = client.get(f"{SCENE}/desk?minutes=soon")
    assert answer.status_code == 422
    assert "エラー：" in answer.text
    assert client.get(f"{SCENE}/desk?facts=nothing").status_code == 422


def test_what_is_not_there_is_not_found(client, author):
    for path in (
        "/studio/cases/nothing",
        "/studio/cases/%2e%2e",
        f"{SCENE}/nothing",
    ):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_others_are_refused(client, session, sign_in, role):
    sign_in(make_person(session, role))
    for path in ("/studio/cases/", "/studio/cases/rent-letter", f"{SCENE}/desk"):
        assert client.get(path).status_code == 403


def test_reviewers_may_look_and_find_the_way(client, session, sign_in):
    sign_in(make_person(session, Role.REVIEWER))
    assert 'href="/studio/cases/"' in client.get("/").text
    assert client.get(f"{SCENE}/desk").status_code == 200


def test_more_cases_ask_the_database_no_more(client, author, root, engine):
    before = count_queries(client, engine, "/studio/cases/")
    folder = root / "case_simulations"
    for number in range(3):
        shutil.copytree(folder / "rent-letter", folder / f"again-{number}")
    assert count_queries(client, engine, "/studio/cases/") == before


def test_an_empty_content_root_says_what_to_do(client, author, root):
    shutil.rmtree(root / "case_simulations")
    assert "LMS_CONTENT_ROOT" in client.get("/studio/cases/").text
