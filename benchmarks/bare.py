"""What a Flask page and a write cost at the least: the measure for everything else.

Served as ``benchmarks.bare:app`` on the same database, by the same server. The page
reads its session cookie, runs one indexed SELECT through the ORM and renders 27 KB
of HTML; the write is one INSERT with its COMMIT. The bare form is what any write that
a person sends asks for besides: who it is, a form with its token against forgery, and
the row that it is about, each by the library that the product uses; nothing is decided.
"""

from uuid import UUID, uuid4

from flask import Flask, abort, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect, FlaskForm
from sqlalchemy import String, Uuid, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from wtforms import HiddenField, IntegerField, RadioField, validators

from lms.db import make_engine
from lms.settings import Settings

_ROWS = 90
_TEMPLATE = """<!doctype html>
<html lang="ja"><head><title>{{ person.id }}</title></head>
<body><h1>{{ person.subject_id }}</h1><table>
{% for number in range(rows) %}
<tr class="row"><td class="row__number">{{ number }}</td><td class="row__title">
<a href="/rows/{{ number }}?of={{ person.id }}">{{ word }}</a></td>
<td class="row__note">{{ filler }}</td></tr>
{% endfor %}
</table></body></html>"""


class Base(DeclarativeBase):
    """Tables of the bare application only."""


class Reader(Base):
    """The people of the product, as far as the bare page needs them."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Uuid)


class Line(Base):
    """What the bare write writes."""

    __tablename__ = "bench_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    text: Mapped[str] = mapped_column(String(200))


class Act(FlaskForm):  # type: ignore[misc]
    """As many fields as the smallest form of the product has."""

    position = IntegerField(validators=[validators.InputRequired()])
    action_id = HiddenField(validators=[validators.InputRequired(), validators.UUID()])
    choice = RadioField(choices=[("a", "A"), ("b", "B"), ("c", "C")])


def make_app(settings: Settings) -> Flask:
    """Return the bare application on the database of the settings."""
    app = Flask(__name__)
    app.secret_key = settings.secret_key
    forgery = CSRFProtect(app)
    engine = make_engine(settings.database_url)
    writes = engine.execution_options(begin_mode="IMMEDIATE")
    template = app.jinja_env.from_string(_TEMPLATE)

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    @app.post("/enter")
    @forgery.exempt  # type: ignore[untyped-decorator]
    def enter() -> tuple[str, int]:
        session["subject"] = request.form["subject"]
        return str(Act().csrf_token.current_token), 200

    @app.get("/page")
    def page() -> str:
        wanted = select(Reader).where(Reader.subject_id == UUID(session["subject"]))
        with Session(engine) as database:
            person = database.scalars(wanted).one()
            return template.render(
                person=person, rows=_ROWS, word="測定", filler="." * 150
            )

    @app.post("/write")
    @forgery.exempt  # type: ignore[untyped-decorator]
    def write() -> tuple[str, int]:
        with Session(writes) as database:
            database.add(Line(public_id=uuid4(), text=session["subject"]))
            database.commit()
        return "", 204

    @app.post("/act")
    def act() -> ResponseReturnValue:
        form = Act()
        wanted = select(Reader).where(Reader.subject_id == UUID(session["subject"]))
        with Session(writes) as database:
            person = database.scalars(wanted).one()
            last = select(Line).order_by(Line.id.desc()).limit(1)
            database.scalars(last).one_or_none()
            if not form.validate():
                abort(400)
            choice = form.choice.data
            database.add(Line(public_id=uuid4(), text=f"{person.subject_id}{choice}"))
            database.commit()
        return redirect("/page", 303)

    return app


def prepare_bare(settings: Settings) -> None:
    """Make the one table of the bare application."""
    engine = make_engine(settings.database_url)
    table = Base.metadata.tables[Line.__tablename__]
    with engine.execution_options(begin_mode="IMMEDIATE").begin() as connection:
        table.create(connection, checkfirst=True)
    engine.dispose()


def app_from_env() -> Flask:
    """Return the application for `gunicorn 'benchmarks.bare:app_from_env()'`."""
    return make_app(Settings.from_env())
