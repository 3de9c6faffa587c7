"""The application for a WSGI server: `gunicorn wsgi:app`."""

from lms.operation.production import make_app

app = make_app()
