"""What nobody is to see: kept out of errors, logs and the cache."""

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

_QUERY = re.compile(r"\?[^\s\"']+")
# Shorter ones, such as the "none" that local servers take, are words that a text may hold.
_SHORTEST_IN_TEXT = 8


class Secrets:
    """Keys and passwords, to be found and struck out.

    Examples
    --------
    >>> secrets = Secrets(["sk-12345678", ""])
    >>> secrets.hide("wrong key sk-12345678")
    'wrong key ***'
    >>> secrets.are_in("sk-12345678"), secrets.are_in("lysozyme")
    (True, False)
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted({secret for secret in secrets if secret}, key=len, reverse=True)

    def hide(self, text: str) -> str:
        """Put stars in place of each secret."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def are_in(self, text: str) -> bool:
        """Whether a text holds a secret of at least eight characters."""
        return any(secret in text for secret in self._secrets if len(secret) >= _SHORTEST_IN_TEXT)


class _WithoutQuery(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _QUERY.sub("?***", record.getMessage()), ()
        return True


@contextmanager
def queries_hidden() -> Iterator[None]:
    """Strike queries out of the addresses that the SDK's HTTP libraries log."""
    hide = _WithoutQuery()
    loggers = [logging.getLogger(name) for name in ("httpx", "httpx2")]
    for logger in loggers:
        logger.addFilter(hide)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(hide)
