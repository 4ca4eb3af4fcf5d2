"""Settings, read from the environment (and `.env` beside manage.py in a trial).

`AFTERWORD_ENV` is `production`, `trial` or `test`. There is no default for it and no fallback
for a missing secret: production refuses to start and says why in one line (config/refusals.py).
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF

from config.refusals import KINDS, Refused, keyring_settings, refusals

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if env.str("AFTERWORD_ENV", default="") != "test" and (BASE_DIR / ".env").is_file():
    environ.Env.read_env(BASE_DIR / ".env")

AFTERWORD_ENV = env.str("AFTERWORD_ENV", default="")
if AFTERWORD_ENV not in KINDS:
    raise Refused(
        "Afterword does not start: set AFTERWORD_ENV to production or trial (./run does the latter)."
    )
PRODUCTION = AFTERWORD_ENV == "production"
TRIAL = AFTERWORD_ENV == "trial"
if PRODUCTION and (reasons := refusals(env.ENVIRON, BASE_DIR)):
    raise Refused("Afterword does not start: " + " ".join(reasons))

# Set by `manage verify_backup` alone, for the process in which it tries a restore: everything that this
# process writes lies in a folder, and in a database, that are thrown away afterwards.
THROWAWAY = env.str("AFTERWORD_THROWAWAY", default="")
VAR = Path(THROWAWAY or env.str("AFTERWORD_VAR", default=str(BASE_DIR / "var")))
SECRET_KEY = env.str("AFTERWORD_SECRET_KEY")

# --- Root keys: one holder of the four (docs/keys.md). A trial's lie in a file beside its data. ------
KEYRINGS = keyring_settings(env.ENVIRON)
if len(KEYRINGS) > 1:
    raise Refused(f"Afterword does not start: take out all but one of {', '.join(KEYRINGS)}.")
NAME_TOKEN_BITS = env.int("AFTERWORD_NAME_TOKEN_BITS", default=24)
KEYRING_FILE = env.str("AFTERWORD_KEYRING_FILE", default="") or (
    "" if KEYRINGS else str(VAR / "keyring.json")
)
# The keys themselves stay where they are: settings are shown on pages for developers.
KEYRING_IN_ENVIRONMENT = KEYRINGS == ["AFTERWORD_KEYRING"]
KEYRING_COMMAND = env.str("AFTERWORD_KEYRING_COMMAND", default="")
KEYRING_KMS = env.str("AFTERWORD_KEYRING_KMS", default="")
KEYRING_KMS_REGION = env.str("AFTERWORD_KEYRING_KMS_REGION", default="")
KEYRING_KMS_ENDPOINT = env.str("AFTERWORD_KEYRING_KMS_ENDPOINT", default="")

DEBUG = env.bool("AFTERWORD_DEBUG", default=False)
SHOW_GALLERY = not PRODUCTION
HTTPS = env.bool("AFTERWORD_HTTPS", default=False)
ALLOWED_HOSTS = env.list("AFTERWORD_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("AFTERWORD_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "config",
    "reports",
    "visas",
    "cases",
    "records",
    "documents",
    "clients",
    "accounts",
    "deadlines",
    "audit",
    "vault",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "guardian",
    "simple_history",
    "template_partials",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "audit.middleware.RequestId",
    "audit.middleware.CameFrom",
    "config.middleware.PrivateResponses",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.SessionLimits",
    "accounts.middleware.RequireSecondFactor",
    "config.middleware.NearestPage",
    "config.middleware.RefusedLooks",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.errors.ForgetLocals",  # last, so that it is the first to meet an error
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.frame",
            ],
            "builtins": ["config.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "config.forms.Renderer"

# --- Data ---------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'afterword.sqlite3'}")}
if THROWAWAY:
    DATABASES["default"]["NAME"] = env.str("AFTERWORD_THROWAWAY_DATABASE")
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Measured with 1,200 contended writes: no lock error with these, 1,143 with the defaults.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            # Without recursive triggers INSERT OR REPLACE removes rows past the triggers that keep history;
            # without secure_delete what was erased lies on in free pages, sealed under a key that lives.
            "PRAGMA recursive_triggers=ON; PRAGMA secure_delete=ON; PRAGMA mmap_size=134217728;"
            "PRAGMA cache_size=-16000; PRAGMA journal_size_limit=27103364;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
MEDIA_ROOT = VAR / "media" if THROWAWAY else Path(env.str("AFTERWORD_MEDIA_ROOT", default=str(VAR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if not PRODUCTION:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True

# --- Files --------------------------------------------------------------------------------------
# An upload stays in memory until it is sealed: Django's second handler would spool what a survivor
# told us into /tmp, in the clear.
MAX_UPLOAD_BYTES = 25 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["documents.uploads.MemoryOnlyUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_UPLOAD_BYTES
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("AFTERWORD_STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]

# --- People -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "clients.backends.GenuineRights",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
# A plain page that says nothing about whoever left in a hurry.
EXIT_URL = env.str("AFTERWORD_EXIT_URL", default="https://weather.gov/")
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
ACCOUNT_FORMS = {
    "change_password": "accounts.passwords.ChangeForm",
    "reset_password": "accounts.passwords.ForgottenForm",
    "reset_password_from_key": "accounts.passwords.SetForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,10/30m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.second_step.CodeForm",
    "reauthenticate": "accounts.second_step.CodeAgainForm",
    "authenticate_webauthn": "accounts.second_step.KeyForm",
    "login_webauthn": "accounts.second_step.KeyAloneForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Afterword"
DEMO_WITHOUT_SECOND_FACTOR = TRIAL
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "accounts.lockout.username"
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.client_ip"
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("AFTERWORD_PROXIES", default=0)

# --- Sessions and headers -----------------------------------------------------------------------
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS = 60 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 63072000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# Not "no-referrer": under it browsers post "Origin: null" and the CSRF check refuses every form. Nothing
# is sent to another site under either.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "img-src": [SELF, "data:"],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# --- Backups (docs/backups.md) --------------------------------------------------------------------
# The files of keys have a folder and a term of their own: an erasure is complete when the last copy of a
# file of keys from before it is gone.
BACKUP_DIR = Path(env.str("AFTERWORD_BACKUP_DIR", default=str(VAR / "backups")))
BACKUP_KEYS_DIR = Path(env.str("AFTERWORD_BACKUP_KEYS_DIR", default=str(VAR / "backup-keys")))
BACKUP_DAYS = env.int("AFTERWORD_BACKUP_DAYS", default=365)
BACKUP_KEYS_DAYS = env.int("AFTERWORD_BACKUP_KEYS_DAYS", default=30)
BACKUP_HOUR = env.int("AFTERWORD_BACKUP_HOUR", default=2)
BACKUP_VERIFY_DAYS = env.int("AFTERWORD_BACKUP_VERIFY_DAYS", default=7)

# --- Keeping and erasing ------------------------------------------------------------------------
# How long a closed file is kept before it may be erased: the office's own rule, never law.
AFTERWORD_RETENTION_YEARS = env.int("AFTERWORD_RETENTION_YEARS", default=7)
if AFTERWORD_RETENTION_YEARS < 1:
    raise Refused("Afterword does not start: AFTERWORD_RETENTION_YEARS must be 1 or more.")

# --- Timed work: `manage tick`, from cron or a timer ----------------------------------------------
# Dotted names of functions that take the moment (an aware datetime), do what is due, and return a line for
# people ("" where nothing was due). Each decides by itself what is due, and may run twice.
TICKS = [
    "audit.checkpoints.tick",
    "audit.verify.tick",
    "clients.services.glass.tick",
    "config.upkeep.timed.tick",
    "clients.services.erasure.tick",
    "audit.resealing.tick",
    "reports.unusual.scan.tick",
    "reports.unusual.telling.tick",
]
# Where signed checkpoints of the access log go: a folder (better on another machine), a command that takes
# one on its standard input, or both.
CHECKPOINT_DIR = env.str("AFTERWORD_CHECKPOINT_DIR", default=str(VAR / "checkpoints"))
CHECKPOINT_COMMAND = env.str("AFTERWORD_CHECKPOINT_COMMAND", default="")
CHECKPOINT_KEY_FILE = env.str("AFTERWORD_CHECKPOINT_KEY_FILE", default=str(VAR / "checkpoint-key.json"))

# --- The rest -----------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
TIME_ZONE = env.str("AFTERWORD_TIME_ZONE", default="America/Los_Angeles")
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]
EMAIL_BACKEND = env.str("AFTERWORD_EMAIL_BACKEND", default="django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env.str("AFTERWORD_EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("AFTERWORD_EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("AFTERWORD_EMAIL_USER", default="")
EMAIL_HOST_PASSWORD = env.str("AFTERWORD_EMAIL_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("AFTERWORD_EMAIL_TLS", default=False)
EMAIL_TIMEOUT = 10  # seconds: a mail server that does not answer holds nobody's page for longer
DEFAULT_FROM_EMAIL = env.str("AFTERWORD_EMAIL_FROM", default="Afterword <no-reply@localhost>")
if TRIAL:
    # A trial never sends mail anywhere: what would have been sent lies in a folder.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(VAR / "mail")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"ids_only": {"()": "config.logs.IdsOnly"}},
    "formatters": {"line": {"()": "config.logs.LineFormatter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["ids_only"]},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # It names the address that was typed, which may be a password; the access log has the failure.
        "axes": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}
# What an error report may say (config/error_report.py). In production no exception keeps its text.
DEFAULT_EXCEPTION_REPORTER = "config.error_report.Reporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "config.error_report.Filter"
SCRUB_ERRORS = PRODUCTION
# dumpdata and loaddata refuse models with sealed columns, in every format.
SERIALIZATION_MODULES = {
    name: f"vault.serializers.{name}" for name in ("json", "jsonl", "python", "xml", "yaml")
}
SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = False
SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",  # it looks for guardian's own backend: ours leaves out what is forged
    "axes.W003",
]
