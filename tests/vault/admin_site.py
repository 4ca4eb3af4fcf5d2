"""Run by test_admin_and_forms.py in a process of its own: a site with Django's admin installed.

Prints what the checks say of a careless and of a masked page, and what the masked pages show.
"""

import os
import sys
import types

os.environ["DJANGO_SETTINGS_MODULE"] = "admin_settings"
settings = types.ModuleType("admin_settings")
sys.modules["admin_settings"] = settings
from config import settings_test  # noqa: E402

for name in dir(settings_test):
    if name.isupper():
        setattr(settings, name, getattr(settings_test, name))
settings.INSTALLED_APPS = [*settings_test.INSTALLED_APPS, "django.contrib.admin"]
settings.DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
settings.TEMPLATES[0]["OPTIONS"]["context_processors"].remove("config.context.frame")
settings.MIGRATION_MODULES = type(
    "None_", (), {"__contains__": lambda s, k: True, "__getitem__": lambda s, k: None}
)()

import django  # noqa: E402

django.setup()

from django.contrib import admin  # noqa: E402
from django.contrib.contenttypes.management import create_contenttypes  # noqa: E402, F401
from django.core.management import call_command  # noqa: E402
from django.db import models  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.urls import path  # noqa: E402

import config.urls  # noqa: E402
from accounts.models import Office  # noqa: E402
from clients.models import Alias, Client  # noqa: E402
from vault.admin import MaskedAdmin  # noqa: E402
from vault.checks import admin_shows_nothing  # noqa: E402

CANARY = sys.argv[1]


class Anybody:
    """Somebody who may everything, for the admin's own checks."""

    is_active = is_staff = is_authenticated = True
    pk = id = 1

    def has_perm(self, *args):
        return True

    has_module_perms = has_perm

    def get_username(self):
        return "wren"

    has_usable_password = get_short_name = get_username


class Careless(admin.ModelAdmin):
    list_display = ["name"]
    search_fields = ["^name", "client__legal_name"]
    list_filter = ["source"]


def main():
    call_command("migrate", run_syncdb=True, verbosity=0)
    office = Office.objects.create(name="Juniper Street Legal")
    client = Client(file_number="26-0001", office=office, name_used=CANARY)
    models.Model.save_base(client)
    alias = Alias(client=client, name=CANARY)
    models.Model.save_base(alias)

    admin.site.register(Alias, Careless)
    print("careless:", *sorted(error.id for error in admin_shows_nothing(None)))  # noqa: T201
    admin.site.unregister(Alias)
    admin.site.register(Alias, type("Page", (MaskedAdmin,), {"list_display": ["id", "name", "source"]}))
    config.urls.urlpatterns.append(path("admin/", admin.site.urls))
    print("masked:", *(error.id for error in admin_shows_nothing(None)))  # noqa: T201
    page = admin.site._registry[Alias]
    request = RequestFactory().get("/admin/")
    request.user, request.session = Anybody(), {}
    for view, args in ((page.changelist_view, ()), (page.change_view, (str(alias.pk),))):
        shown = view(request, *args).render().content.decode()
        print("shows the value:", CANARY in shown, "mask:", "•••" in shown, "id:", str(alias.pk) in shown)  # noqa: T201


main()
