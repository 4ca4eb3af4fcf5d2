"""Addresses."""

from django.urls import path

from reports.views import auditor, calendar, caseload, home, overview, seen, unusual

urlpatterns = [
    path("", home.my_week, name="home"),
    path("clients/<uuid:pk>/", overview.client_file, name="client-file"),
    path("clients/<uuid:pk>/seen/", seen.client_seen, name="client-seen"),
    path("clients/<uuid:pk>/seen/copy/", seen.client_seen_copy, name="client-seen-copy"),
    path("calendar/", calendar.show, name="calendar"),
    path("caseload/", caseload.report, name="caseload"),
    path("caseload/export/", caseload.export_figures, name="caseload-export"),
    path("access-log/", auditor.access_log, name="access-log"),
    path("access-log/day/", auditor.access_log_day, name="access-log-day"),
    path("access-log/people/<int:pk>/", auditor.access_log_person, name="access-log-person"),
    path("access-log/export/", auditor.access_log_export, name="access-log-export"),
    path("unusual/", unusual.unusual, name="unusual"),
    path("unusual/read/", unusual.unusual_read, name="unusual-read"),
    path("unusual/rules/", unusual.unusual_rules, name="unusual-rules"),
    path("unusual/<uuid:pk>/", unusual.unusual_look, name="unusual-look"),
]
