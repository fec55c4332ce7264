"""Where the link in an invitation's mail leads: outside of any business."""

from django.urls import path

from portal.members.views import joining

app_name = "invitations"

urlpatterns = [
    path("<slug:token>/", joining.invitation, name="invitation"),
    path("<slug:token>/other-account/", joining.sign_out, name="other-account"),
]
