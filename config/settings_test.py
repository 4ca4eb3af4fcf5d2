"""Settings for the test run: a fixed test key, fast hashing, nothing sent or written outside."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_scratch = Path(tempfile.mkdtemp(prefix="afterword-test-"))
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
os.environ.update(
    AFTERWORD_ENV="test",
    AFTERWORD_SECRET_KEY="test-only-" + "x" * 50,
    AFTERWORD_VAR=str(_scratch),
    AFTERWORD_MEDIA_ROOT=str(_scratch / "media"),
    DATABASE_URL=os.environ.get("AFTERWORD_TEST_DATABASE_URL", f"sqlite:///{_scratch / 'test.sqlite3'}"),
)

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, LOGGING, STORAGES  # noqa: E402

KEYRING_FILE = KEYRING_COMMAND = KEYRING_KMS = ""
KEYRING_IN_ENVIRONMENT = False
VAULT_TEST_KEYRING = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES["default"] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(_scratch / "test.sqlite3")}
else:
    DATABASES["default"]["OPTIONS"].pop("pool", None)
LOGGING["root"] = {"handlers": ["console"], "level": "WARNING"}
AXES_ENABLED = False
DEMO_WITHOUT_SECOND_FACTOR = True  # the factories' people; accounts tests switch it off
