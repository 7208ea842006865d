"""What is read from the environment: safe where nothing is said, and a sentence where something is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from whitecross.env import HOW_TO_SET, Environment, broker_database, database, redis_database, required

ROOT = Path(settings.BASE_DIR)
SAY = """
import json
from django.conf import settings
names = ["DEBUG", "DEMO", "SILK", "IN_PRODUCTION", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
    "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SESSION_COOKIE_HTTPONLY",
    "SESSION_EXPIRE_AT_BROWSER_CLOSE", "SESSION_COOKIE_AGE", "INSTALLED_APPS", "DATABASE_SERVICE_ROLE"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""
NEEDED = {
    "SECRET_KEY": "Zq8-kP2_vN5.wR7+tY4=mB6~hJ9!dF3@gL1$cS0^xA8&uE5*iO2(",
    "PHI_KEYS": "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "DATABASE_URL": "postgres://whitecross:pw@db.example/whitecross",
    "REDIS_URL": "redis://:pw@cache.example:6379/0",
}


def start(variables: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python with these variables and nothing else that could set White Cross."""
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "whitecross.settings", **variables}
    return subprocess.run(  # noqa: S603
        [sys.executable, *command], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


def settings_with(**variables: str) -> dict[str, Any]:
    done = start(NEEDED | variables, "-c", SAY)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", HOW_TO_SET)
def test_what_is_missing_is_named_with_how_to_set_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(name, raising=False)
    with pytest.raises(ImproperlyConfigured) as refused:
        required(name)
    assert str(refused.value).startswith(f"{name} is not set. Set it to {HOW_TO_SET[name]}.")
    assert "./dev run" in str(refused.value)


@pytest.mark.parametrize("name", NEEDED)
def test_the_process_does_not_start_without_it(name: str) -> None:
    done = start({key: value for key, value in NEEDED.items() if key != name}, "-c", SAY)
    assert done.returncode != 0
    assert f"{name} is not set" in done.stderr
    assert not any(value in done.stderr for value in NEEDED.values())


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "secret"))
    assert required("SECRET_KEY").strip() == "from a file"


def test_production_is_what_you_get_without_saying_anything() -> None:
    found = settings_with()
    assert found["IN_PRODUCTION"]
    assert not found["DEBUG"]
    assert not found["DEMO"]
    assert not found["SILK"]
    assert "silk" not in found["INSTALLED_APPS"]
    assert found["ALLOWED_HOSTS"] == []
    for safe in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_HTTPONLY"):
        assert found[safe], safe
    assert found["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert found["SESSION_EXPIRE_AT_BROWSER_CLOSE"]
    assert found["SESSION_COOKIE_AGE"] <= 15 * 60


def test_the_profiler_cannot_be_switched_on_in_production() -> None:
    assert not settings_with(WHITECROSS_SILK="true")["SILK"]
    assert settings_with(WHITECROSS_SILK="true", WHITECROSS_ENVIRONMENT="staging")["SILK"]


def test_an_unknown_environment_is_refused() -> None:
    done = start(NEEDED | {"WHITECROSS_ENVIRONMENT": "prod"}, "-c", SAY)
    assert done.returncode != 0
    assert "prod" in done.stderr
    assert [str(environment) for environment in Environment] == ["production", "staging", "development"]


def test_djangos_own_check_for_production_finds_nothing() -> None:
    variables = NEEDED | {"ALLOWED_HOSTS": "whitecross.example"}
    done = start(variables, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("url", "number", "expected"),
    [
        ("redis://:pw@host:6379/0", 1, "redis://:pw@host:6379/1"),
        ("redis://:pw@host:6379", 2, "redis://:pw@host:6379/2"),
        ("redis://:pw@host:6379/3", 2, "redis://:pw@host:6379/5"),
        ("rediss://u:pw@host/0?ssl_cert_reqs=required", 1, "rediss://u:pw@host/1?ssl_cert_reqs=required"),
        ("unix://:pw@/run/valkey.sock?db=4", 1, "unix://:pw@/run/valkey.sock?db=5"),
        ("unix:///run/valkey.sock", 1, "unix:///run/valkey.sock?db=1"),
    ],
)
def test_redis_databases_are_counted_from_the_one_in_the_url(url: str, number: int, expected: str) -> None:
    assert redis_database(url, number) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://:pw@host:6379/0", "redis://:pw@host:6379/2"),
        ("rediss://:pw@host:6379/0", "rediss://:pw@host:6379/2"),
        ("unix://:pw@/run/valkey.sock?db=0", "redis+socket://:pw@/run/valkey.sock?virtual_host=2"),
    ],
)
def test_the_broker_is_the_same_server_in_the_words_of_kombu(url: str, expected: str) -> None:
    assert broker_database(url, 2) == expected


def test_a_database_may_be_reached_through_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://whitecross:p%40ss@%2Frun%2Fpostgresql/whitecross")
    found = database()
    assert (found["HOST"], found["NAME"], found["USER"], found["PASSWORD"]) == (
        "/run/postgresql", "whitecross", "whitecross", "p@ss",
    )  # fmt: skip
