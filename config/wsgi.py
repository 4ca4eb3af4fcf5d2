"""The WSGI entry point; refuses a database that was made for another kind of installation."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from vault.installation import refuse_other_kind  # noqa: E402  (needs the apps)

refuse_other_kind()
