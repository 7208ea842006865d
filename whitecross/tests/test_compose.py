"""docker-compose.yml, the Dockerfile and .env.example agree with each other and with the code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.bin.base import CLIContext
from celery.bin.beat import beat
from celery.bin.control import inspect
from celery.bin.worker import worker
from click import Command
from django.conf import settings
from django.core.management import get_commands
from granian.cli import cli as granian

from access.keys import KeyRing
from devtools.postgres import INITDB
from devtools.roles import OWNER, SERVICE
from devtools.web_servers import PRODUCTION_GRACE
from whitecross.celery import app as celery_app
from whitecross.tests.reading import variables_read
from whitecross.wsgi import application

ROOT = Path(settings.BASE_DIR)
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
INITIALIZER = (ROOT / "ops/postgres/init-roles.sh").read_text()

# What the image itself reads, from its documentation (https://hub.docker.com/_/postgres).
OF_THE_IMAGE = {"postgres": {"POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS"}}
# What a library of the service reads: prometheus_client, in docs/operating.md.
OF_LIBRARIES = {"PROMETHEUS_MULTIPROC_DIR"}
SECRETS = {
    "SECRET_KEY",
    "PHI_KEYS",
    "POSTGRES_PASSWORD",
    "DATABASE_OWNER_PASSWORD",
    "DATABASE_SERVICE_PASSWORD",
    "REDIS_PASSWORD",
}


def interpolations() -> list[tuple[str, str]]:
    """Return each ${NAME…} of the compose file with what follows the name; `$$` is a dollar of the shell."""
    return re.findall(r"(?<!\$)\$\{(\w+)([^}]*)\}", COMPOSE_TEXT)


def example() -> dict[str, str]:
    """Return the variables of .env.example."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def python_commands() -> list[tuple[str, list[str]]]:
    """Return every command that runs Python in our image: those of the services, their checks, the image's own."""
    found = [(name, list(service["command"])) for name, service in OURS.items()]
    for name, service in OURS.items():
        if check := service.get("healthcheck", {}).get("test"):
            found.append((f"{name} check", shlex.split(check[1]) if check[0] == "CMD-SHELL" else check[1:]))
    image = re.search(r"^CMD (\[.*\])", DOCKERFILE, re.M)
    assert image is not None
    return [*found, ("image", yaml.safe_load(image[1]))]


def understood(command: Command, arguments: list[str]) -> None:
    """Let the program's own parser read the arguments; it raises for an option that it does not have."""
    context = CLIContext(app=celery_app, no_color=True, workdir=None)
    command.make_context(command.name, list(arguments), obj=context).close()


@pytest.mark.parametrize(("name", "command"), python_commands(), ids=[name for name, _ in python_commands()])
def test_every_command_is_one_that_exists(name: str, command: list[str]) -> None:
    assert command[0] == "python", command
    match command[1:]:
        case ["manage.py", management_command, *_]:
            assert management_command in get_commands()
        case ["-m", "granian", *arguments]:
            assert arguments[0] == "whitecross.wsgi:application"
            assert callable(application)
            understood(granian, arguments)
        case ["-m", "celery", "-q", "-A", app, "worker", *arguments]:
            assert app == celery_app.main
            understood(worker, arguments)
        case ["-m", "celery", "-q", "-A", app, "beat", *arguments]:
            assert app == celery_app.main
            understood(beat, arguments)
        case ["-m", "celery", "-q", "-A", app, "inspect", "ping", *arguments]:
            assert app == celery_app.main
            understood(inspect, ["ping", *arguments])
        case ["-c", code]:
            compile(code, name, "exec")
            assert "/health/ready" in code
        case _:
            pytest.fail(f"{name} runs {command}, which this test does not know")


def test_the_image_and_the_service_start_the_web_server_alike() -> None:
    commands = dict(python_commands())
    assert commands["image"] == commands["web"]


def test_the_last_requests_have_time_to_end_before_everything_is_killed() -> None:
    command = SERVICES["web"]["command"]
    grace = int(command[command.index("--workers-kill-timeout") + 1])
    assert grace == PRODUCTION_GRACE
    assert grace < int(SERVICES["web"]["stop_grace_period"].removesuffix("s"))


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_variable_of_a_service_is_read_by_it(name: str) -> None:
    service = SERVICES[name]
    given = set(service.get("environment", {}))
    if name in OURS:
        known = variables_read(ROOT / "whitecross") | OF_LIBRARIES
    else:
        spoken = yaml.safe_dump([service.get("command"), service.get("healthcheck")])
        known = set(re.findall(r"\$\$(\w+)", spoken)) | OF_THE_IMAGE.get(name, set())
        if any("init-roles.sh" in volume for volume in service.get("volumes", [])):
            known |= set(re.findall(r"\$\{(\w+):\?", INITIALIZER))
    assert given <= known, f"nothing in {name} reads {sorted(given - known)}"


def test_no_secret_has_a_default_and_a_missing_one_stops_everything() -> None:
    found = interpolations()
    assert {name for name, _ in found} >= SECRETS
    for name, rest in found:
        if name in SECRETS:
            assert rest.startswith(":?"), f"{name} must stop the start when it is missing"
            assert len(rest) > len(":?see"), f"{name} must say what it is for"
        else:
            assert rest.startswith((":?", ":-")), f"{name} would silently be empty"


def test_no_password_stands_in_the_compose_file() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|KEYS|_URL", variable):
                assert re.search(r"\$\{\w+:\?", value), f"{name}: {variable} is written out"


def test_the_example_names_exactly_what_the_compose_file_asks_for() -> None:
    assert set(example()) == {name for name, _ in interpolations()}


def test_the_example_holds_no_secret() -> None:
    assert {name: example()[name] for name in SECRETS} == dict.fromkeys(SECRETS, "")


def test_a_filled_in_environment_file_is_never_committed() -> None:
    assert ".env" in (ROOT / ".gitignore").read_text().split()


def test_the_keys_that_the_example_describes_are_accepted() -> None:
    secret = "Zm91cnR5LXR3byBieXRlcyBhcmUgdG9vIG1hbnkhISE="  # what `openssl rand -base64 32` prints: 44 characters
    assert len(KeyRing.parse(f"k1:{secret}").secrets["k1"]) == 32


def test_every_file_that_is_mounted_exists() -> None:
    mounts = [volume for service in SERVICES.values() for volume in service.get("volumes", [])]
    files = [mount.split(":")[0] for mount in mounts if mount.startswith("./")]
    assert files == ["./ops/postgres/init-roles.sh"]
    for file in files:
        assert (ROOT / file).stat().st_mode & 0o111, f"{file} must be executable"


def test_the_roles_are_those_of_development() -> None:
    assert f"CREATE ROLE {OWNER} LOGIN" in INITIALIZER
    assert f"CREATE ROLE {SERVICE} LOGIN" in INITIALIZER
    migrate = OURS["migrate"]["environment"]
    assert migrate["DATABASE_URL"].startswith(f"postgres://{OWNER}:")
    assert migrate["DATABASE_SERVICE_ROLE"] == SERVICE
    for name in ("web", "worker", "beat"):
        assert OURS[name]["environment"]["DATABASE_URL"].startswith(f"postgres://{SERVICE}:")


def test_the_database_sorts_as_it_does_everywhere_else() -> None:
    wanted = SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert "--locale-provider=builtin" in wanted
    assert set(wanted) <= set(INITDB)


def test_nothing_is_served_before_the_database_is_migrated() -> None:
    for name in ("web", "worker", "beat"):
        assert OURS[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_there_are_two_web_servers_and_one_beat() -> None:
    assert OURS["web"]["deploy"]["replicas"] == 2
    assert "deploy" not in OURS["beat"]


def test_nothing_is_reached_from_outside_but_the_web_servers_on_this_machine() -> None:
    assert {name for name, service in SERVICES.items() if service.get("ports")} == {"web"}
    assert all(port.startswith("127.0.0.1:") for port in OURS["web"]["ports"])
    assert COMPOSE["networks"]["inside"] == {"internal": True}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_process_can_gain_rights(name: str) -> None:
    assert "no-new-privileges:true" in SERVICES[name]["security_opt"]
    if name != "postgres":  # it changes to its own user and owns its data
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]


def test_cached_health_data_never_reaches_a_disk() -> None:
    command = SERVICES["valkey"]["command"][-1]
    assert "--save ''" in command
    assert "--appendonly no" in command
    assert "volumes" not in SERVICES["valkey"]


def test_every_file_that_the_image_takes_exists_and_reaches_the_builder() -> None:
    taken = [
        source
        for line in DOCKERFILE.splitlines()
        if line.startswith("COPY ") and "--from=" not in line
        for source in line.split()[1:-1]
    ]
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(taken) == let_through
    for source in taken:
        assert (ROOT / source).exists(), source


def test_the_image_holds_every_app_and_folder_that_the_settings_name() -> None:
    taken = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.M))
    apps = {app.split(".")[0] for app in settings.INSTALLED_APPS if (ROOT / app.split(".")[0]).is_dir()}
    folders = {Path(folder).name for folder in [*settings.STATICFILES_DIRS, *settings.TEMPLATES[0]["DIRS"]]}
    assert apps
    assert taken == apps | folders


def test_the_image_does_not_run_as_root_and_installs_only_what_is_locked() -> None:
    assert re.search(r"^USER whitecross$", DOCKERFILE, re.M)
    # Without --no-deps pip would fetch what requirements/overrides.in keeps out, and stop because it has no hash.
    assert "--no-deps --require-hashes" in DOCKERFILE
