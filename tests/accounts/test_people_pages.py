"""Administering people in the browser."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import event, func, select

from lms.accounts.admin.queries.people import PeopleFilter, list_people
from lms.accounts.gate import STAY_KEY
from lms.accounts.models import AccountLink, Organisation, Person, Profile, RoleGrant
from lms.accounts.queries import find_person_by_email
from lms.accounts.single_sign_on.models import ExternalIdentity
from lms.audit.models import AuditEvent
from lms.clock import utc_now
from lms.decisions.queries import find_conflict
from lms.jobs.models import OutboxMail
from lms.jobs.services import mark_sent
from lms.mails import mail_kinds
from lms.permissions import Role
from tests.factories.accounts import make_pair, make_person
from tests.factories.sign_ins import open_stay

REASON = "担当が変わったため"


@pytest.fixture
def administrator(session, sign_in):
    person = make_person(session, Role.ADMINISTRATOR)
    sign_in(person)
    return person


def page_of(person):
    return f"/admin/people/{person.subject_id}"


def actions(session, person):
    return list(
        session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.object_id == str(person.subject_id))
            .order_by(AuditEvent.id)
        )
    )


def fresh(session, person):
    session.expire_all()
    return session.get(Person, person.id)


def edited(person, **given):
    shown = person.profile
    return {
        "name": shown.name,
        "name_kana": shown.name_kana,
        "email": shown.email,
        "organisation": "",
        "locale": "",
        "revision": str(shown.revision),
        **given,
    }


@pytest.mark.parametrize("typed", ["もり", "モリ", "ﾓﾘ", "森下", "MORI@", "森下花"])
def test_any_spelling_finds_the_person_and_stands_in_no_address(
    client, session, administrator, typed
):
    make_person(
        session, name="森下　花", name_kana="モリシタ　ハナ", email="mori@test.example"
    )
    make_person(session, name="青木", name_kana="あおき")
    answer = client.post("/admin/people/find", data={"search": typed})
    assert answer.status_code == 303
    assert typed not in answer.location
    assert "%" not in answer.location
    shown = client.get(answer.location).text
    assert "森下" in shown
    assert "青木" not in shown


def test_signs_that_mean_anything_in_a_search_mean_themselves(session):
    make_person(session, name="青木")
    assert not list_people(session, PeopleFilter(search="%")).rows
    assert not list_people(session, PeopleFilter(search="_")).rows


def test_filters_narrow_by_role_organisation_and_state(client, session, administrator):
    place = Organisation(name_ja="見本の窓口", name_en="Specimen counter")
    session.add(place)
    session.flush()
    person = make_person(session, Role.AUTHOR, name="見本 所属", organisation=place)
    make_person(session, name="見本 ほか")
    for query in (
        {"role": "author"},
        {"organisation": str(place.public_id)},
        {"role": "author", "state": "uninvited"},
    ):
        shown = client.get("/admin/people/", query_string=query).text
        assert person.profile.name in shown
        assert "見本 ほか" not in shown
    asked = client.get("/admin/people/", query_string={"state": "nothing"})
    assert asked.status_code == 404


def test_saving_a_person_as_they_are_mends_an_address_in_full_width(
    client, session, administrator
):
    person = make_person(session)
    person.profile.email = "ｗｉｄｅ@test.example"
    session.commit()
    assert find_person_by_email(session, "wide@test.example") is None
    page = client.get(f"{page_of(person)}/edit").text
    assert 'value="ｗｉｄｅ@test.example"' in page
    data = edited(person)
    assert client.post(f"{page_of(person)}/edit", data=data).status_code == 303
    session.expire_all()
    assert find_person_by_email(session, "ｗｉｄｅ@test.example").id == person.id


@pytest.mark.parametrize("name", ["role", "organisation", "state"])
@pytest.mark.parametrize("blank", [" ", "\r\n", "\u3000"])
def test_a_blank_is_no_filter(client, administrator, name, blank):
    asked = client.get("/admin/people/", query_string={name: blank})
    assert asked.status_code == 404


@pytest.mark.parametrize("name", ["locale", "organisation"])
def test_a_blank_is_no_choice_about_a_person(client, session, administrator, name):
    person = make_person(session)
    data = edited(person, **{"name_kana": "よみ", name: " "})
    assert client.post(f"{page_of(person)}/edit", data=data).status_code == 422
    assert fresh(session, person).profile.name_kana != "よみ"
    new = {"name": "名", "email": "n@test.example", "roles": "trainee", name: " "}
    assert client.post("/admin/people/new", data=new).status_code == 422


def test_pages_of_fifty_name_everybody_once(session):
    people = {make_person(session, name=f"例 {n % 7}").subject_id for n in range(120)}
    found, after = [], None
    while True:
        page = list_people(session, PeopleFilter(), after=after)
        assert len(page.rows) <= 50
        found += [row.person.subject_id for row in page.rows]
        after = page.next_after
        if after is None:
            break
    assert len(found) == len(set(found))
    assert people <= set(found)


def test_list_runs_as_many_queries_for_fifty_people_as_for_two(
    client, session, administrator, engine
):
    def count_queries():
        seen = []
        event.listen(
            engine, "before_cursor_execute", listener := lambda *a: seen.append(a[2])
        )
        assert client.get("/admin/people/").status_code == 200
        event.remove(engine, "before_cursor_execute", listener)
        return len(seen)

    make_person(session)
    count_queries()  # the catalogue of content is read once a process
    few = count_queries()
    for _ in range(48):
        make_person(session)
    assert count_queries() == few


def test_whoever_is_invited_gets_a_mail_and_the_trail_names_who_invited(
    client, session, administrator
):
    answer = client.post(
        "/admin/people/new",
        data={
            "name": "見本 新人",
            "email": "New@Test.example",
            "roles": ["trainee", "supervisor"],
            "locale": "en",
        },
    )
    assert answer.status_code == 303
    profile = session.scalar(select(Profile).where(Profile.email == "new@test.example"))
    person = session.get(Person, profile.person_id)
    assert person.roles == (Role.TRAINEE, Role.SUPERVISOR)
    assert {grant.granted_by for grant in person.grants} == {administrator.subject_id}
    assert profile.locale == "en"
    assert session.scalar(
        select(OutboxMail.kind).where(OutboxMail.person_id == person.id)
    )
    assert actions(session, person) == ["person.registered", "invitation.sent"]
    assert "招待中" in client.get(answer.location).text


def test_what_was_typed_comes_back_when_it_cannot_be_taken(
    client, session, administrator
):
    taken = make_person(session)
    for email, said in (
        (taken.profile.email, "使われています"),
        ("no address", "name@example.jp"),
    ):
        answer = client.post(
            "/admin/people/new",
            data={"name": "見本 下書き", "email": email, "roles": ["trainee"]},
        )
        assert answer.status_code == 422
        assert "見本 下書き" in answer.text
        assert said in answer.text
    nobody = client.post(
        "/admin/people/new", data={"name": " ", "email": "a@b.example"}
    )
    assert nobody.status_code == 422


def test_second_of_two_editors_sees_both_sides_and_loses_nothing(
    client, session, administrator
):
    person = make_person(session, name="見本 元")
    first, second = edited(person, name="見本 甲"), edited(person, name="見本 乙")
    assert client.post(f"{page_of(person)}/edit", data=first).status_code == 303
    answer = client.post(f"{page_of(person)}/edit", data=second)
    assert answer.status_code == 409
    assert "見本 甲" in answer.text
    assert "見本 乙" in answer.text
    assert fresh(session, person).profile.name == "見本 甲"
    again = edited(person, name="見本 乙", revision="2")
    assert client.post(f"{page_of(person)}/edit", data=again).status_code == 303
    assert fresh(session, person).profile.name == "見本 乙"


def test_a_corrected_name_is_found_and_a_new_address_voids_mailed_links(
    client, session, administrator
):
    client.post(
        "/admin/people/new",
        data={"name": "見本 旧", "email": "old@test.example", "roles": ["trainee"]},
    )
    person = session.scalar(
        select(Person).join(Profile).where(Profile.email == "old@test.example")
    )
    data = edited(person, name="見本 新", email="new@test.example")
    assert client.post(f"{page_of(person)}/edit", data=data).status_code == 303
    session.expire_all()
    found = list_people(session, PeopleFilter(search="見本新")).rows
    assert [row.profile.email for row in found] == ["new@test.example"]
    assert (
        session.scalar(
            select(func.count()).where(
                AccountLink.person_id == person.id, AccountLink.superseded_at.is_(None)
            )
        )
        == 0
    )
    event_row = session.scalar(
        select(AuditEvent).where(AuditEvent.action == "person.edited")
    )
    assert event_row.inputs == {"fields": ["name", "email"]}


@pytest.fixture
def elsewhere(app, session, database):
    """A browser in which somebody is signed in beside the administrator's."""

    def sign_in_there(person):
        other = app.test_client()
        other.environ_base["wsgi.url_scheme"] = "https"
        with other.session_transaction(base_url="https://localhost") as cookie:
            cookie[STAY_KEY] = open_stay(database, person)
        assert other.get("/account").status_code == 200
        return other

    return sign_in_there


def test_another_address_ends_what_the_former_one_opened_and_tells_it(
    app, client, session, settings, administrator, elsewhere
):
    person = make_person(session, email="mine@test.example", password="a-long-secret")
    session.add(
        ExternalIdentity(
            person_id=person.id, issuer="https://idp", subject="7", linked_at=utc_now()
        )
    )
    session.commit()
    other = elsewhere(person)
    data = edited(person, email="theirs@test.example")
    assert client.post(f"{page_of(person)}/edit", data=data).status_code == 303
    assert other.get("/account").status_code == 303
    assert session.scalar(select(ExternalIdentity.id)) is None
    mail = session.scalar(select(OutboxMail))
    with app.app_context():
        kind = mail_kinds(settings)[mail.kind]
        letter = kind.compose(session, person.id, mail.values)
    assert letter.to == "mine@test.example"
    assert "theirs" not in letter.body
    assert person.profile.name not in letter.body
    mark_sent(mail, now=utc_now())
    assert mail.values == {}


def test_an_address_that_nobody_signed_in_with_gets_no_letter(
    client, session, administrator
):
    person = make_person(session, password=None)
    data = edited(person, email="right@test.example")
    assert client.post(f"{page_of(person)}/edit", data=data).status_code == 303
    assert session.scalar(select(OutboxMail.id)) is None


def test_an_administrator_signs_somebody_out_everywhere(
    client, session, administrator, elsewhere
):
    person = make_person(session)
    other = elsewhere(person)
    address = f"{page_of(person)}/sign-ins/end"
    assert address in client.get(page_of(person)).text
    assert client.post(address).status_code == 303
    assert other.get("/account").status_code == 303
    assert actions(session, person)[-1] == "sign_ins.ended"
    assert client.get("/account").status_code == 200


def test_roles_come_and_go_with_their_reasons(client, session, administrator):
    person = make_person(session)
    data = {"grant-role": "certifier", "grant-reason": REASON}
    assert client.post(f"{page_of(person)}/roles", data=data).status_code == 303
    assert Role.CERTIFIER in fresh(session, person).roles
    address = f"{page_of(person)}/roles/certifier/revoke"
    without = client.post(address, data={"revoke_certifier-reason": " "})
    assert without.status_code == 422
    data = {"revoke_certifier-reason": "期が終わったため"}
    assert client.post(address, data=data).status_code == 303
    assert fresh(session, person).roles == (Role.TRAINEE,)
    shown = client.get(page_of(person)).text
    assert REASON in shown
    assert "期が終わったため" in shown
    again = client.post(address, data=data)
    assert again.status_code == 409
    assert actions(session, person)[1:] == ["role.granted", "role.revoked"]
    kept = session.scalars(
        select(RoleGrant.role).where(RoleGrant.person_id == person.id)
    )
    assert sorted(kept) == ["certifier", "trainee"]


def test_a_role_that_is_held_is_not_given_twice(client, session, administrator):
    person = make_person(session)
    data = {"grant-role": "trainee", "grant-reason": REASON}
    assert client.post(f"{page_of(person)}/roles", data=data).status_code == 422
    assert fresh(session, person).roles == (Role.TRAINEE,)


def test_nobody_raises_demotes_or_shuts_out_themselves(client, session, administrator):
    make_person(session, Role.ADMINISTRATOR)
    own = page_of(administrator)
    tries = {
        f"{own}/roles": {"grant-role": "certifier", "grant-reason": REASON},
        f"{own}/roles/administrator/revoke": {"revoke_administrator-reason": REASON},
        f"{own}/disable": {"access-reason": REASON},
        f"{own}/second-factor/remove": {},
        f"{own}/sign-ins/end": {},
    }
    for address, data in tries.items():
        assert client.post(address, data=data).status_code == 403, address
    assert fresh(session, administrator).roles == (Role.ADMINISTRATOR,)
    assert "自分のアカウントです" in client.get(own).text


def test_disabling_ends_sign_ins_at_once_and_enabling_lets_in_again(
    client, session, administrator, elsewhere
):
    person = make_person(session)
    other = elsewhere(person)
    data = {"access-reason": REASON}
    assert client.post(f"{page_of(person)}/disable", data=data).status_code == 303
    assert other.get("/account").status_code == 303
    assert "停止中" in client.get(page_of(person)).text
    again = client.post(f"{page_of(person)}/disable", data=data)
    assert again.status_code == 409
    assert REASON in again.text
    assert client.post(f"{page_of(person)}/enable", data=data).status_code == 303
    assert fresh(session, person).is_enabled
    assert actions(session, person)[1:] == ["person.disabled", "person.enabled"]


def test_supervisor_sees_a_learner_only_while_assigned_and_stays_barred(
    client, session, administrator, sign_in
):
    supervisor, learner = make_person(session, Role.SUPERVISOR), make_person(session)
    record = f"/competencies/of/{learner.subject_id}"
    data = {"supervisors-email": f" {supervisor.profile.email.upper()} "}
    assert client.post(f"{page_of(learner)}/supervisors", data=data).status_code == 303
    sign_in(supervisor)
    assert client.get(record).status_code == 200
    sign_in(administrator)
    end = f"{page_of(supervisor)}/learners/{learner.subject_id}/end"
    assert client.post(end).status_code == 303
    assert client.post(end).status_code == 404
    sign_in(supervisor)
    assert client.get(record).status_code == 404
    session.expire_all()
    assert find_conflict(session, supervisor.subject_id, learner.subject_id)


def test_taking_the_role_of_supervisor_away_ends_what_it_opened(
    client, session, administrator
):
    supervisor, learner = make_pair(session)
    data = {"revoke_supervisor-reason": REASON}
    address = f"{page_of(supervisor)}/roles/supervisor/revoke"
    assert client.post(address, data=data).status_code == 303
    assert actions(session, learner)[-1] == "assignment.ended"
    data = {"grant-role": "supervisor", "grant-reason": REASON}
    client.post(f"{page_of(supervisor)}/roles", data=data)
    from lms.accounts.queries import get_own_learner
    from lms.errors import NotFoundError

    with pytest.raises(NotFoundError):
        get_own_learner(session, supervisor.id, learner.subject_id)


def test_only_supervisors_guide_and_only_trainees_are_guided(
    client, session, administrator
):
    author, learner = make_person(session, Role.AUTHOR), make_person(session)
    supervisor = make_person(session, Role.SUPERVISOR)
    refused = {
        (learner, "supervisors", author.profile.email): "指導者",
        (supervisor, "learners", author.profile.email): "受講者",
        (learner, "supervisors", "nobody@test.example"): "いません",
        (learner, "supervisors", learner.profile.email): "自分自身",
    }
    for (person, side, email), said in refused.items():
        answer = client.post(f"{page_of(person)}/{side}", data={f"{side}-email": email})
        assert answer.status_code == 422
        assert said in answer.text
        assert email in answer.text
    twice = {"learners-email": learner.profile.email}
    assert client.post(f"{page_of(supervisor)}/learners", data=twice).status_code == 303
    assert client.post(f"{page_of(supervisor)}/learners", data=twice).status_code == 409


def test_people_who_are_not_there_or_erased_are_not_found(
    client, session, administrator
):
    gone = make_person(session)
    session.delete(gone.profile)
    session.commit()
    for way in ("", "/edit"):
        assert client.get(page_of(gone) + way).status_code == 404
    for way in ("/roles", "/disable", "/invitation", "/second-factor/remove"):
        assert client.post(page_of(gone) + way).status_code == 404


def test_an_administrator_sees_no_marks(client, session, administrator):
    _supervisor, learner = make_pair(session)
    assert client.get(f"/competencies/of/{learner.subject_id}").status_code == 403
    assert client.get("/marking/").status_code == 403
    assert "利用者" in client.get("/").text


def test_names_of_signs_that_nobody_sees_are_refused(client, administrator):
    person = {"name": "\u200b", "email": "n@test.example", "roles": ["trainee"]}
    assert client.post("/admin/people/new", data=person).status_code == 422
    names = {"name_ja": "見本の窓口", "name_en": "\u3164"}
    assert client.post("/admin/organisations/", data=names).status_code == 422


def test_names_and_addresses_are_kept_as_they_are_read(client, session, administrator):
    person = {
        "name": "見本\u202e 新\n人",
        "email": "ｎ＠Test.example",
        "roles": ["trainee"],
    }
    assert client.post("/admin/people/new", data=person).status_code == 303
    shown = select(Profile.name).where(Profile.email == "n@test.example")
    assert session.scalar(shown) == "見本 新 人"


def test_organisations_are_added_renamed_and_archived(client, session, administrator):
    names = {"name_ja": "見本の窓口", "name_en": "Specimen counter"}
    assert client.post("/admin/organisations/", data=names).status_code == 303
    twice = client.post("/admin/organisations/", data=names)
    assert twice.status_code == 422
    assert "Specimen counter" in twice.text
    place = session.scalar(
        select(Organisation).where(Organisation.name_ja == names["name_ja"])
    )
    address = f"/admin/organisations/{place.public_id}"
    renamed = {**names, "name_ja": "見本の新窓口", "revision": "1"}
    assert client.post(address, data=renamed).status_code == 303
    stale = client.post(address, data={**renamed, "name_ja": "見本の別窓口"})
    assert stale.status_code == 409
    assert "見本の新窓口" in stale.text
    assert "見本の別窓口" in stale.text
    member = make_person(session, organisation=place)
    assert client.post(f"{address}/archive").status_code == 303
    assert "見本の新窓口" not in client.get("/admin/people/new").text
    assert "見本の新窓口" in client.get(f"{page_of(member)}/edit").text
    assert client.post(f"{address}/restore").status_code == 303
    assert "見本の新窓口" in client.get("/admin/people/new").text
    trail = session.scalars(
        select(AuditEvent.action).where(AuditEvent.object_id == str(place.public_id))
    )
    assert list(trail) == [
        f"organisation.{act}" for act in ("added", "renamed", "archived", "restored")
    ]


def test_reasons_are_blanked_when_a_person_is_erased(client, session, administrator):
    from lms.accounts.personal import AccountData

    person = make_person(session)
    data = {"access-reason": REASON}
    client.post(f"{page_of(person)}/disable", data=data)
    data = {"grant-role": "author", "grant-reason": REASON}
    client.post(f"{page_of(person)}/roles", data=data)
    held = AccountData().export(session, fresh(session, person))
    assert [row["grant_reason"] for row in held["roles"]] == ["", REASON]
    AccountData().erase(session, fresh(session, person))
    held = AccountData().export(session, fresh(session, person))
    assert REASON not in str(held)
    assert len(held["suspensions"]) == 1


def test_search_is_forgotten_at_sign_out(client, session, administrator):
    client.post("/admin/people/find", data={"search": "森下"})
    assert urlsplit(client.post("/sign-out").location).path == "/sign-in"
    with client.session_transaction(base_url="https://localhost") as cookie:
        assert "people_search" not in cookie


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("disable", "access-reason"),
        ("roles", "grant-reason"),
        ("roles/trainee/revoke", "revoke_trainee-reason"),
        ("supervisors", "supervisors-email"),
    ],
)
def test_a_form_that_is_only_shown_again_stands_open(
    client, session, administrator, address, field
):
    person = make_person(session)
    data = {field: "typed before the sign-in ended", "refill": "1"}
    answer = client.post(f"{page_of(person)}/{address}", data=data)
    assert answer.status_code == 422
    (opened,) = [
        part
        for part in answer.text.split("<details")[1:]
        if part.split(">")[0].endswith(" open")
    ]
    assert "typed before the sign-in ended" in opened
