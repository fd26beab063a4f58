"""The one exception of this package."""


class DevstackError(Exception):
    """Something a person has to put right; its text is a whole plain sentence for them."""
