"""What is wrong with a field is said in the product's words, in both languages."""

from pathlib import Path

import pytest
import wtforms
from babel.messages.pofile import read_po
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict
from wtforms import DateField, SelectMultipleField, StringField
from wtforms.validators import Length

from lms.permissions import Role
from lms.web.faults import FaultWords
from lms.web.forms import BaseForm
from tests.factories.accounts import make_person

# Said to whoever writes a form, and never to a reader.
TO_PROGRAMMERS = {"Choices cannot be None.", "Invalid field name '%s'."}


class SampleForm(BaseForm):
    code = StringField(validators=[Length(max=3)])
    day = DateField()
    roles = SelectMultipleField(choices=["trainee"])


def own_messages():
    """Return what WTForms itself may say."""
    path = Path(wtforms.__file__).parent / "locale/ja/LC_MESSAGES/wtforms.po"
    with path.open("rb") as file:
        ids = [message.id for message in read_po(file) if message.id]
    return {said if isinstance(said, str) else said[0] for said in ids}


def test_a_text_that_is_too_long_to_be_sent_is_not_called_a_file(client):
    text = "長" * (2 * 1024 * 1024 // 9 + 1)  # nine bytes a sign, as forms send it
    client.get("/sign-in?lang=en")
    answer = client.post("/sign-in", data={"email": text})
    assert answer.status_code == 413
    assert "The text is too long" in answer.text
    assert "At most 2048 KiB" in answer.text
    assert "file" not in answer.text.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_message_of_wtforms_reaches_a_reader(app, language):
    words = FaultWords()
    with app.test_request_context(), force_locale(language):
        for said in own_messages() - TO_PROGRAMMERS:
            assert words.gettext(said) != said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "ja",
            {
                "code": ["3字以内で書いてください。"],
                "day": ["実在する日付を、2026-04-01のように入力してください。"],
                "roles": ["表示されている選択肢の中から選んでください。"],
            },
        ),
        (
            "en",
            {
                "code": ["Write at most 3 characters."],
                "day": ["Enter a day that exists, as in 2026-04-01."],
                "roles": ["Choose from what is offered."],
            },
        ),
    ],
)
def test_fields_say_their_faults_as_the_product_does(app, language, said):
    sent = MultiDict({"code": "1234", "day": "yesterday", "roles": "emperor"})
    with app.test_request_context(), force_locale(language):
        form = SampleForm(sent)
        assert not form.validate()
        assert form.errors == said
        assert form.code.label.text == "Code"


def test_a_role_that_was_forged_is_refused_in_the_readers_language(
    client, session, sign_in
):
    sign_in(make_person(session, Role.ADMINISTRATOR))
    data = {"name": "見本", "email": "a@test.example", "roles": "emperor"}
    page = client.post("/admin/people/new", data=data).text
    assert "表示されている選択肢の中から選んでください。" in page
    assert "emperor" not in page
