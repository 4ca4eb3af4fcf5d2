"""Settings of the benchmarks: the product's own, with the peers and scratch tables beside it.

Taken over from the test settings: a fixed key, nothing sent. What a page passes through (middleware,
session in the database, cached templates) is what production has.
"""

from config.settings_test import *  # noqa: F403
from config.settings_test import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "encrypted_fields", "encrypted_model_fields", "auditlog", "benchmarks"]
ROOT_URLCONF = "benchmarks.urls"
# A site on PostgreSQL takes its connections from a pool; without one each request would open its own.
DATABASES["default"]["CONN_MAX_AGE"] = None

# --- Keys of the peers: as their own documentation has them -------------------------------------
SALT_KEY = "benchmark-salt-0123456789abcdef"  # django-fernet-encrypted-fields
FIELD_ENCRYPTION_KEY = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="  # django-encrypted-model-fields
CRYPTOGRAPHY_KEY = "benchmark-key-0123456789abcdef"  # django-cryptography-5
