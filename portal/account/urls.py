"""Addresses of the account: before, during and after a session."""

app_name = "account"

urlpatterns = []
