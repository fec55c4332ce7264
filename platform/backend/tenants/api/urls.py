from django.urls import path

from backend.tenants.api import invitations, members, views

urlpatterns = [
    path("countries/", views.Countries.as_view()),
    path("tenants/", views.Tenants.as_view()),
    path("tenant/", views.CurrentTenant.as_view(), name="tenant"),
    path("tenant/transitions/", views.Transitions.as_view()),
    path("tenant/provisioning/", views.Provisioning.as_view()),
    path("members/", members.Members.as_view()),
    path("members/<uuid:member_id>/", members.MemberDetail.as_view()),
    path("me/memberships/<slug:slug>/", members.MyMembership.as_view()),
    path("invitations/", invitations.Invitations.as_view()),
    path("invitations/preview/", invitations.InvitationPreview.as_view()),
    path("invitations/acceptance/", invitations.InvitationAcceptance.as_view()),
    path("invitations/<uuid:invitation_id>/", invitations.InvitationDetail.as_view()),
    path("invitations/<uuid:invitation_id>/mails/", invitations.InvitationMails.as_view()),
]
