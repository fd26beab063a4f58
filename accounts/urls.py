"""Addresses of signing in: those of allauth that this portal uses, and no others.

Signing up, changing and resetting passwords by e-mail, connecting accounts and taking the second
factor away are not offered; some of their names must still resolve for allauth.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import path

from accounts.signin import views
from accounts.signin.doors import staff_only
from accounts.signin.invitation import invitation

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("uzaicinajums/<str:token>/", invitation, name="staff_invitation"),
    # Residents
    path("oidc/<slug:provider_id>/login/", views.begin, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", views.callback, name="openid_connect_callback"),
    # Staff: the second factor
    path("2fa/", staff_only(mfa.index), name="mfa_index"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", staff_only(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", staff_only(totp.activate_totp), name="mfa_activate_totp"),
    path(
        "2fa/recovery-codes/",
        staff_only(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        staff_only(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        staff_only(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("2fa/totp/deactivate/", views.not_here, name="mfa_deactivate_totp"),
]
