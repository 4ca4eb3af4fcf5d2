"""Addresses."""

from django.urls import path

from records.views import nexus, record, review, upload

urlpatterns = [
    path("clients/<uuid:pk>/", record.show, name="client-record"),
    path("clients/<uuid:pk>/charges/new/", record.new, name="charge-new"),
    path("clients/<uuid:pk>/sheets/new/", upload.upload, name="rapsheet-upload"),
    path("sheets/<uuid:pk>/", review.review, name="rapsheet-review"),
    path("sheets/<uuid:pk>/shown/", review.reveal, name="rapsheet-reveal"),
    path("sheets/<uuid:pk>/accept/", review.accept, name="rapsheet-accept"),
    path("sheets/<uuid:pk>/discard/", review.discard, name="rapsheet-discard"),
    path("sheets/<uuid:pk>/lines/", review.settle, name="rapsheet-settle"),
    path("sheets/<uuid:pk>/lines/<int:line>/", review.type_line, name="rapsheet-type"),
    path("sheets/<uuid:pk>/parts/<str:part>/", review.correct, name="rapsheet-correct"),
    path("charges/<uuid:pk>/", nexus.show, name="charge-nexus"),
    path("charges/<uuid:pk>/change/", record.change, name="charge-change"),
    path("charges/<uuid:pk>/evidence/", nexus.add_evidence, name="charge-evidence"),
    path("evidence/<uuid:pk>/remove/", nexus.remove_evidence, name="evidence-remove"),
]
