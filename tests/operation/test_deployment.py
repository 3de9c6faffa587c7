"""What the page on deployment and its files name is there, and does what they say."""

import configparser
import json
import os
import re
import shlex
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import click
import pytest
import requests

from lms.cli import cli
from lms.settings import PROJECT_ROOT, environment
from tests.operation.servers import LIMIT_SECONDS, free_port, running

FOLDER = PROJECT_ROOT / "docs" / "deployment"
PAGE = (PROJECT_ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
TEXTS = {
    "deployment.md": PAGE,
    **{path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()},
}
NGINX = TEXTS["nginx.conf"]
NAMING_COMMANDS = (
    "deployment.md",
    "start",
    "tsunagu-web.service",
    "tsunagu-worker.service",
)
SERVICES = sorted(FOLDER.glob("*.service"))


def commands_in(text):
    """Return each call of `lms` or `tsunagu` in code, as words."""
    code = re.findall(r"```\n(.*?)```|`([^`\n]+)`", text, re.DOTALL)
    lines = [line for pair in code for part in pair for line in part.splitlines()]
    for line in lines or text.splitlines():
        found = re.search(r"(?:^|[\s/\"])(?:lms|tsunagu) ([a-z].*)", line)
        if found:
            yield re.sub(r"<[^>]*>", "x", found[1]).split('"')[0].split()


def follow(words):
    """Return the command that words lead to, and what is left for it."""
    command, rest = cli, list(words)
    while isinstance(command, click.Group) and rest:
        name = rest.pop(0).strip(".,;`\\")
        command = command.get_command(click.Context(command), name)
        assert command, name
    return command, rest


@pytest.mark.parametrize("name", NAMING_COMMANDS)
def test_every_command_that_is_named_exists_with_its_options(name):
    found = list(commands_in(TEXTS[name]))
    assert found
    for words in found:
        if words[0] == "tsunagu":  # a role of PostgreSQL
            continue
        command, rest = follow(words)
        known = {opt for parameter in command.params for opt in parameter.opts}
        named = {word.split("=")[0] for word in rest if word.startswith("--")}
        assert named <= known, words


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_every_variable_that_is_named_is_a_setting(name):
    settings = (PROJECT_ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for variable in set(re.findall(r"LMS_[A-Z_]+[A-Z]", TEXTS[name])):
        assert f"| `{variable}` |" in settings


def test_every_file_that_the_page_names_is_there():
    named = set(re.findall(r"docs/deployment/([\w.*-]+)", "\n".join(TEXTS.values())))
    assert len(named) >= 8
    for name in named:
        assert list(FOLDER.glob(name)), name


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_has_no_rights_and_its_settings_from_one_file(path):
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(path, encoding="utf-8")
    service = unit["Service"]
    assert service["User"] == "tsunagu"
    assert service["EnvironmentFile"] == "/etc/tsunagu/settings.env"
    assert (service["NoNewPrivileges"], service["ProtectSystem"]) == ("yes", "strict")
    assert service["CapabilityBoundingSet"] == ""
    program = Path(shlex.split(service["ExecStart"])[0])
    assert program.name == "lms" or (FOLDER / program.name).exists()


def test_an_image_holds_what_is_there_and_runs_without_rights():
    steps = TEXTS["Containerfile"].replace("\\\n", " ").splitlines()
    copied = [
        source
        for step in steps
        if step.startswith("COPY ") and "--from" not in step
        for source in step.split()[1:-1]
    ]
    assert {"lms", "migrations", "requirements.txt"} <= set(copied)
    let_in = TEXTS["Containerfile.dockerignore"].splitlines()
    for source in copied:
        assert (PROJECT_ROOT / source).exists(), source
        assert f"!{source}" in let_in, source
    assert "USER 10001" in steps
    assert "STOPSIGNAL SIGTERM" in steps


def test_a_container_is_asked_for_its_health_where_it_listens():
    with ThreadingHTTPServer(("127.0.0.1", 0), Healthy) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        asked = [ask_health(PORT=str(server.server_port)), ask_health(PORT="1")]
        server.shutdown()
    assert asked == [0, 1]


class Healthy(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_parts):
        """Write nothing."""


def ask_health(**variables):
    """Run what the image asks of its container, and return the status."""
    (line,) = re.findall(r"CMD (\[\"python3.*\])", TEXTS["Containerfile"])
    command = [sys.executable, *json.loads(line)[1:]]
    return subprocess.run(
        command, env=environment(**variables), stderr=subprocess.DEVNULL, check=False
    ).returncode


def test_an_example_behind_https_trusts_its_proxy():
    for example in re.findall(r"```\n(.*?)```", PAGE, re.DOTALL):
        if "LMS_PUBLIC_URL=https" in example:
            assert "LMS_TRUSTED_PROXIES=1" in example


def test_every_refusal_of_nginx_has_a_page_in_both_languages():
    named = re.findall(r"error_page [\d ]+ /(\S+);", NGINX)
    assert len(named) == 2
    for name in named:
        assert '<html lang="ja">' in TEXTS[name]
        assert '<section lang="en">' in TEXTS[name]


def test_the_page_for_what_is_too_large_is_not_refused_itself():
    """Over HTTP/2 nginx holds the body against the limit of this location too."""
    location = re.search(r"location = /too-large.html \{(.*?)\}", NGINX, re.DOTALL)[1]
    assert "client_max_body_size 0;" in location


def test_nginx_makes_the_folder_in_which_it_keeps_files_itself():
    """It makes one folder, not those above; Debian's brings no /var/cache/nginx."""
    path = Path(re.search(r"proxy_cache_path (\S+)", NGINX)[1])
    assert path.parent == Path("/var/cache")


def test_nginx_takes_a_restarted_node_back_before_the_next_one_leaves():
    servers = re.findall(r"^    server (\S+:\d+.*);", NGINX, re.MULTILINE)
    assert servers
    for server in servers:
        assert "fail_timeout=2s" in server
    assert "answers 200, and 3 s more" in PAGE


def test_pages_can_be_served_over_a_socket_under_the_unit():
    """gunicorn calls chown for it, which is among what services may not do."""
    denied, allowed = "SystemCallFilter=~@privileged", "SystemCallFilter=@chown"
    text = TEXTS["tsunagu-web.service"]
    assert -1 < text.find(denied) < text.find(allowed)


def test_folder_of_data_is_for_the_service_alone_whoever_makes_it():
    for text in (TEXTS["tsunagu"], *(path.read_text() for path in SERVICES)):
        assert "StateDirectoryMode=0700" in text


@pytest.mark.concurrent
@pytest.mark.slow
def test_a_container_sets_itself_up_once_and_needs_nothing_outside(tmp_path):
    bare = {
        name: value
        for name, value in environment().items()
        if not name.startswith("LMS_")
    }
    found = f"{Path(sys.executable).parent}:{bare['PATH']}"
    first = start_container(tmp_path, {**bare, "PATH": found})
    second = start_container(tmp_path, {**bare, "PATH": found})
    assert first == second == (200, 0)
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def start_container(data, variables):
    """Run the start of a container until it is ready, then stop it."""
    port = free_port()
    variables = {**variables, "LMS_DATA_DIR": str(data), "PORT": str(port)}
    with running(["sh", str(FOLDER / "start")], port, variables) as server:
        answer = requests.get(f"{server.url}/readyz", timeout=LIMIT_SECONDS)
        return answer.status_code, server.stop()


def test_what_a_killed_backup_left_goes_after_a_day_and_a_good_backup_stays(tmp_path):
    """Laid out as on a server, with a stand-in for the command that backs up."""
    script = tmp_path / "release" / "docs" / "deployment" / "back-up"
    command = tmp_path / "release" / ".venv" / "bin" / "lms"
    for path in (script, command):
        path.parent.mkdir(parents=True)
    script.write_text(TEXTS["back-up"])
    command.write_text('#!/bin/sh\necho "$@" >>"$0.said"\n')
    command.chmod(0o755)
    folder = tmp_path / "backups"
    folder.mkdir()
    names = ("tsunagu-1.zip.partial", "tsunagu-2.zip.partial", "tsunagu-3.zip")
    two_days_ago = time.time() - 2 * 24 * 60 * 60
    for name in names:
        (folder / name).touch()
        if name != names[1]:
            os.utime(folder / name, (two_days_ago, two_days_ago))
    subprocess.run(["sh", str(script), str(folder), "30"], check=True)
    assert sorted(path.name for path in folder.iterdir()) == list(names[1:])
    # without the list nobody would know whom a restored backup brings back
    said = command.with_name("lms.said").read_text().splitlines()
    assert said[-1] == f"privacy erasures --out {folder}/erased.json"
