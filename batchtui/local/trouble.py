"""The one error of starting and stopping a local account."""


class LocalAccountError(Exception):
    """A sentence: what was tried, why it failed, what to do."""
