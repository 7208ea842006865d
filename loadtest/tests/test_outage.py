"""Under load: many connections at once, and a Valkey that goes away. `./dev bench outage` does the same for longer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from rest_framework_simplejwt.tokens import AccessToken

from access.models import User
from access.tests.trail import owner
from devtools.keys import keys_of
from devtools.places import socket_folder
from devtools.valkey import Valkey
from loadtest.bench.load import Asked, Load, Volley, fire
from loadtest.bench.outages import Outage, empty, halted, server_pid
from loadtest.bench.serving import Running, raw
from loadtest.bench.witness import Witness
from metrics.tests.serving import service
from students.models import Student

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 500


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A Valkey that no other test uses."""
    folder = tmp_path / "valkey"
    folder.mkdir()
    server = Valkey(folder, socket_folder(folder), keys_of(folder), durable=False)
    server.start()
    yield server
    server.stop()


def the_outages(valkey: Valkey) -> dict[str, Outage]:
    """Return what goes wrong with the cache: stopped and started, standing still, emptied."""

    def stopped() -> None:
        valkey.stop()
        time.sleep(1)
        valkey.start()

    def paused() -> None:
        with halted(server_pid(valkey)):
            time.sleep(1)

    return {"stopped": stopped, "paused": paused, "emptied": lambda: empty(valkey)}


def test_the_cache_goes_away_and_nobody_notices(tmp_path: Path, valkey: Valkey, nora: User, ana: Student) -> None:
    given = {"REDIS_URL": valkey.url(), "LOG_LEVEL": "ERROR"}
    with service(tmp_path, worker=False, given=given) as here:
        bearer = {"Authorization": f"Bearer {AccessToken.for_user(nora)}"}
        load = Load(here.port, [Asked(raw("GET", f"/api/v1/students/{ana.pk}/health-summary/", bearer))], 20, 3.0)
        with Witness(Running("service", here.port, os.getpid()), bearer, ana.pk) as witness:
            for name, outage in the_outages(valkey).items():
                # When people read and the cache goes wrong
                volley = under(outage, lambda: fire(load))
                # Then all get their answers, and soon from the cache again
                assert volley.errors == {}, name
                assert volley.answers > 20
                assert witness.seconds_until_hit(within=20) < 20
    # And what a nurse reads is what she just wrote
    seen = witness.seen()
    assert (seen["wrong"], seen["errors"], seen["asked_again"], seen["writes_refused"]) == (0, 0, 0, 0)
    assert seen["writes"] >= 3


def under(outage: Outage, work: Callable[[], Volley]) -> Volley:
    """Do the work, and let something fail meanwhile."""
    with ThreadPoolExecutor(1) as aside:
        done = aside.submit(work)
        time.sleep(0.5)
        outage()
        return done.result()


def test_five_hundred_connections_share_the_pool(tmp_path: Path, nora: User, ana: Student) -> None:
    with service(tmp_path, worker=False, given={"LOG_LEVEL": "ERROR"}) as here, owner() as boss:
        bearer = {"Authorization": f"Bearer {AccessToken.for_user(nora)}"}
        load = Load(here.port, [Asked(raw("GET", f"/api/v1/students/{ana.pk}/health-summary/", bearer))], MANY, 3.0)
        most = 0
        with ThreadPoolExecutor(1) as aside:
            done = aside.submit(fire, load)
            while not done.done():
                held = boss.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'whitecross %%'"
                    " AND datname = current_database() AND application_name <> %s GROUP BY application_name",
                    [f"whitecross {os.getpid()}"],
                ).fetchall()
                most = max([most, *(count for (count,) in held)])
                boss.commit()  # or it would see the same again
                time.sleep(0.1)
        volley = done.result()
    assert volley.errors == {}
    assert volley.answers > MANY
    assert 1 <= most <= settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
