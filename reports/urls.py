"""Addresses."""

from django.urls import path

from reports.views import calendar, caseload, home, overview, seen

urlpatterns = [
    path("", home.my_week, name="home"),
    path("clients/<uuid:pk>/", overview.client_file, name="client-file"),
    path("clients/<uuid:pk>/seen/", seen.client_seen, name="client-seen"),
    path("clients/<uuid:pk>/seen/copy/", seen.client_seen_copy, name="client-seen-copy"),
    path("calendar/", calendar.show, name="calendar"),
    path("caseload/", caseload.report, name="caseload"),
    path("caseload/export/", caseload.export_figures, name="caseload-export"),
    path("access-log/", seen.access_log, name="access-log"),
]
