"""Every address of the site. Ids are random; no address holds a name."""

from allauth.account import views as account_views
from django.urls import include, path

from accounts.views import no_other_address
from config import gallery
from config.upkeep import views as upkeep_views

urlpatterns = [
    path("", include("reports.urls")),
    path("clients/", include("clients.urls")),
    path("records/", include("records.urls")),
    path("petitions/", include("cases.urls")),
    path("visas/", include("visas.urls")),
    path("documents/", include("documents.urls")),
    path("people/", include("accounts.urls")),
    path("audit/", include("audit.urls")),
    path("account/login/", account_views.login, name="account_login"),
    path("account/email/", no_other_address, name="account_email"),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("upkeep/", upkeep_views.upkeep_page, name="upkeep"),
    path("components/", gallery.components, name="components"),
]
