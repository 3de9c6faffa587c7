"""Run the whole suite on SQLite, then what needs a database on PostgreSQL.

In CI a missing PostgreSQL is a failure; elsewhere it is said and left out.
"""

import os
import subprocess
import sys

import psycopg

DEFAULT_POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


def main() -> int:
    in_ci = os.environ.get("CI", "").lower() in ("1", "true")
    wanted = os.environ.get("LMS_TEST_DATABASE_URL", "")
    arguments = sys.argv[1:]
    everything = [] if in_ci else ["-m", "not slow"]
    if wanted or "-m" in arguments:
        chosen = arguments if "-m" in arguments else [*everything, *arguments]
        return _suite(wanted or "sqlite", chosen)
    print("== SQLite", flush=True)
    status = _suite("sqlite", [*everything, *arguments])
    if status:
        return status
    if not _answers(DEFAULT_POSTGRES):
        print("PostgreSQL does not answer at 127.0.0.1:5432; its half was left out.")
        print("Start one, or name it with LMS_TEST_DATABASE_URL.", flush=True)
        return 1 if in_ci else 0
    print("== PostgreSQL", flush=True)
    # Pages look the same on both, and most input never comes to the database: outside
    # CI the browser and strange input meet them on SQLite alone.
    stored = "database or concurrent or journey"
    chosen = (
        stored
        if in_ci
        else "(database or concurrent) and not (journey or slow or fuzz)"
    )
    return _suite(DEFAULT_POSTGRES, ["-m", chosen, *arguments])


def _suite(url: str, arguments: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", "-n", "2", *arguments]
    environment = {**os.environ, "LMS_TEST_DATABASE_URL": url}
    return subprocess.run(command, env=environment, check=False).returncode


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url.replace("+psycopg", ""), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
