"""The application for a WSGI server: `gunicorn wsgi:app`."""

from lms.app import create_app
from lms.settings import Settings

app = create_app(Settings.from_env())
