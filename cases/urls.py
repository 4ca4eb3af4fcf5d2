"""Addresses."""

from django.urls import path

from cases.views import acts, dates, duties, lists, papers, petition, plan

urlpatterns = [
    path("", lists.petitions, name="petitions"),
    path("of/<uuid:pk>/", lists.client_petitions, name="client-petitions"),
    path("of/<uuid:pk>/new/", plan.petition_new, name="petition-new"),
    path("of/<uuid:pk>/dates/", dates.client_dates, name="client-dates"),
    path("of/<uuid:pk>/dates/new/", dates.deadline_new, name="deadline-new"),
    path("dates/<uuid:pk>/done/", dates.deadline_done, name="deadline-done"),
    path("services/<uuid:pk>/received/", acts.service_received, name="service-received"),
    path("hearings/<uuid:pk>/correct/", acts.hearing_correct, name="hearing-correct"),
    path("agencies/<uuid:pk>/", duties.agency_duty, name="agency-duty"),
    path("<uuid:pk>/", petition.petition, name="petition"),
    path("<uuid:pk>/record/", acts.petition_record, name="petition-record"),
    path("<uuid:pk>/record/<slug:act>/", acts.petition_act, name="petition-act"),
    path("<uuid:pk>/papers/", papers.petition_papers, name="petition-papers"),
    path("<uuid:pk>/papers/store/", papers.petition_store, name="petition-store"),
    path("<uuid:pk>/papers/keep/", papers.petition_keep, name="petition-keep"),
    path("<uuid:pk>/papers/checks/", papers.petition_checks, name="petition-checks"),
    path("<uuid:pk>/papers/<slug:kind>/", papers.petition_draft, name="petition-draft"),
]
