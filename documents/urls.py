"""Addresses of files."""

from django.urls import path

from documents import views

urlpatterns = [
    path("client/<uuid:pk>/", views.documents, name="client-documents"),
    path("<uuid:pk>/", views.document_open, name="document-open"),
    path("<uuid:pk>/version/", views.document_version, name="document-version"),
]
