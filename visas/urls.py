"""Addresses of T visas. Ids are random; the words are the machine's own."""

from django.urls import path

from visas.views import acts, lists, matter, rows

urlpatterns = [
    path("", lists.tvisas, name="tvisas"),
    path("of/<uuid:pk>/", matter.of_client, name="client-tvisa"),
    path("of/<uuid:pk>/open/", matter.open_matter, name="tvisa-open"),
    path("<uuid:pk>/", matter.show, name="tvisa"),
    path("<uuid:pk>/reveal/", matter.reveal, name="tvisa-reveal"),
    path("<uuid:pk>/record/", acts.choose, name="tvisa-record"),
    path("<uuid:pk>/record/<slug:event>/<slug:to>/", acts.event, name="tvisa-event"),
    path("<uuid:pk>/correct/", acts.correct, name="tvisa-correct"),
    path("<uuid:pk>/notices/new/", rows.new_notice, name="notice-new"),
    path("<uuid:pk>/receipts/new/", rows.new_receipt, name="receipt-new"),
    path("<uuid:pk>/family/new/", rows.new_relative, name="relative-new"),
    path("<uuid:pk>/permits/new/", rows.new_permit, name="permit-new"),
    path("notices/<uuid:pk>/", rows.change_notice, name="notice-change"),
    path("notices/<uuid:pk>/answer/", rows.answer, name="notice-answer"),
    path("receipts/<uuid:pk>/", rows.change_receipt, name="receipt-change"),
    path("permits/<uuid:pk>/", rows.change_permit, name="permit-change"),
    path("family/<uuid:pk>/", rows.change_relative, name="relative-change"),
    path("family/<uuid:pk>/record/", acts.choose_relative, name="relative-record"),
    path("family/<uuid:pk>/record/<slug:event>/<slug:to>/", acts.event_relative, name="relative-event"),
    path("family/<uuid:pk>/correct/", acts.correct_relative, name="relative-correct"),
]
