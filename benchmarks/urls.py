"""The product's addresses, and the scratch lists."""

from django.urls import include, path

from benchmarks import views

urlpatterns = [
    path("bench/<slug:variant>/", views.page),
    path("", include("config.urls")),
]
