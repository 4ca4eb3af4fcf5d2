"""Addresses of accounts."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("", views.accounts, name="accounts"),
    path("add/", views.account_add, name="account-add"),
    path("<int:pk>/", views.account, name="account"),
    path("<int:pk>/close/", views.account_close, name="account-close"),
    path("<int:pk>/open/", views.account_open, name="account-open"),
    path("<int:pk>/second-step/", views.account_reset_second_step, name="account-second-step"),
    path("<int:pk>/unlock/", views.account_unlock, name="account-unlock"),
    path("<int:pk>/invite/", views.account_invite, name="account-invite"),
]
