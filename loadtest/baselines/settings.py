"""Settings of the servers that White Cross is compared with: its database and its models, and nothing around them."""

from whitecross.settings import *  # noqa: F403

ROOT_URLCONF = "loadtest.baselines.urls"
MIDDLEWARE = []
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.postgres",
    "rest_framework",
    "waffle",
    "access",
    "students",
    "records",
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
