"""The WSGI callable that granian serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from whitecross.observe import reporters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whitecross.settings")

# In each web process, and before Django makes its middleware.
reporters.start(settings.REPORTERS)
application = get_wsgi_application()
