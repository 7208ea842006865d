"""Settings of the static page: the least that a page for people who are logged in needs."""

from loadtest.baselines.places import TEMPLATES_FOLDER
from loadtest.baselines.settings import *  # noqa: F403

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]
LOGIN_URL = "/empty/"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [TEMPLATES_FOLDER]}]
