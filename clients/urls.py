"""Addresses of clients. Ids are random; what is searched for or shown is posted, never in an address."""

from django.urls import path

from clients.views import intake, lists, people, promises, statements, team

urlpatterns = [
    path("", lists.clients, name="clients"),
    path("find/", lists.find, name="find"),
    path("new/", intake.start, name="intake-start"),
    path("<uuid:pk>/intake/", intake.intake, name="intake"),
    path("<uuid:pk>/intake/end/", intake.end, name="intake-end"),
    path("<uuid:pk>/conflicts/", intake.conflict_run, name="conflict-run"),
    path("conflicts/<uuid:pk>/", intake.conflict_decide, name="conflict-decide"),
    path("<uuid:pk>/show/", people.reveal, name="client-reveal"),
    path("<uuid:pk>/people/", people.people, name="client-people"),
    path("<uuid:pk>/people/add/", people.person_add, name="person-add"),
    path("people/<uuid:pk>/", people.person_change, name="person-change"),
    path("people/<uuid:pk>/remove/", people.person_remove, name="person-remove"),
    path("names/<uuid:pk>/remove/", people.alias_remove, name="alias-remove"),
    path("numbers/<uuid:pk>/remove/", people.identifier_remove, name="identifier-remove"),
    path("<uuid:pk>/statements/", statements.statements, name="client-statements"),
    path("<uuid:pk>/statements/add/", statements.passage_add, name="passage-add"),
    path("passages/<uuid:pk>/", statements.passage_change, name="passage-change"),
    path("<uuid:pk>/promises/", promises.promises, name="client-promises"),
    path("promises/<uuid:pk>/", promises.settle, name="promise-settle"),
    path("<uuid:pk>/team/", team.team, name="client-team"),
    path("<uuid:pk>/team/join/", team.join, name="team-join"),
    path("team/<uuid:pk>/leave/", team.leave, name="team-leave"),
    path("<uuid:pk>/contact/", team.point_of_contact, name="point-of-contact"),
    path("<uuid:pk>/walls/", team.wall_set, name="wall-set"),
    path("walls/<uuid:pk>/lift/", team.wall_lift, name="wall-lift"),
]
