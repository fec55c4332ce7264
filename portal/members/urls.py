"""Addresses of the pages about people, below `/t/<slug>/settings/members/`."""

from django.urls import path

from portal.members.views import invitations, leaving, people

app_name = "members"

urlpatterns = [
    path("", people.people, name="list"),
    path("invite/", invitations.invite, name="invite"),
    path("invitations/<uuid:invitation_id>/mail/", invitations.send_again, name="send-again"),
    path("invitations/<uuid:invitation_id>/withdraw/", invitations.withdraw, name="withdraw"),
    path("leave/", leaving.leave, name="leave"),
    path("<uuid:member_id>/", people.person, name="person"),
    path("<uuid:member_id>/role/", people.change_role, name="change-role"),
    path("<uuid:member_id>/end/", people.revoke, name="revoke"),
]
