"""How allauth's sign-in meets our persons."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter


class StaffAdapter(DefaultAccountAdapter):
    """Staff accounts are made by invitation, never by signing up."""

    def is_open_for_signup(self, request: object) -> bool:
        return False


class ResidentAdapter(DefaultSocialAccountAdapter):
    """Residents come from Latvija.lv and are found by any of their codes."""
