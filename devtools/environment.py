"""The environment that the project's processes get: where its services are, and what it signs and encrypts with."""

import os

from devtools.keys import keys_of
from devtools.places import state_folder
from devtools.services import Services


def environment(services: Services, **more: str) -> dict[str, str]:
    """Return the environment of a process that serves; what the user set wins over the demo's values."""
    keys = keys_of(state_folder())
    demo = {
        "SECRET_KEY": keys.secret_key,
        "PHI_KEYS": keys.phi_keys,
        "WHITECROSS_ENVIRONMENT": "development",
        "WHITECROSS_DEMO": "true",
    }
    ours = {
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "WHITECROSS_STATE": str(state_folder()),
        "DJANGO_SETTINGS_MODULE": "whitecross.settings",
        "PYTHONUNBUFFERED": "1",
    }
    found = dict(os.environ)
    # Where this is set every process would compile all our modules again, at each start.
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    return demo | found | ours | more


def owner_environment(services: Services, **more: str) -> dict[str, str]:
    """Return the environment of `migrate`: the owner's role, which grants to the service what it makes."""
    owner = {"DATABASE_URL": services.owner_url}
    if services.service_role:
        owner["DATABASE_SERVICE_ROLE"] = services.service_role
    return environment(services, **(owner | more))
