"""What the OpenAI SDK's errors mean: in words, and whether asking again can help."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from genept.remote.secret import Secrets

if TYPE_CHECKING:
    import openai

_ADVICE = {
    401: "check OPENAI_API_KEY",
    402: "check the credit of your account",
    403: "check OPENAI_API_KEY and that it may use this model",
    404: "check the name of the model, and base_url, which usually ends in /v1",
    405: "check base_url, which usually ends in /v1",
}
# Time-outs and conflicts of the server, too many requests; and all that is the server's own fault.
_PASSING = {408, 409, 429}


# By name, since the SDK brings one of two HTTP libraries.
_NOT_SENT = ("ConnectError", "ConnectTimeout", "PoolTimeout")
# From how many seconds on a wait is told.
_LONG_WAIT = 60
# A proxy's word that it got no answer: the server may have worked for it.
MAY_BE_BILLED = (502, 504)


@dataclass(frozen=True)
class Refusal:
    """Why a request failed.

    Parameters
    ----------
    reason
        In words, without secrets.
    kind
        Whether the server wasn't reached, or what it answered was of no use.
    advice
        What to do, where no further request could succeed; else empty.
    status
        The HTTP status; 0 where there was none.
    param
        The parameter that the server named, if any.
    wait
        For how many seconds the server asked to be left alone.
    was_sent
        Whether the server may have got the request: then it may be paid for.
    """

    reason: str
    kind: Literal["connection", "answer"] = "answer"
    advice: str = ""
    status: int = 0
    param: str = ""
    wait: float = 0.0
    was_sent: bool = True

    @property
    def told(self) -> str:
        """The reason, after a long wait that the server asked for."""
        later = f"the server asks to be left alone for {self.wait:.0f} s: " if self.wait > _LONG_WAIT else ""
        return f"{later}{self.reason}"

    @property
    def may_pass(self) -> bool:
        """Whether the same request may succeed later."""
        if self.advice:
            return False
        return self.kind == "connection" or self.status in _PASSING or self.status >= 500


def explain(error: "openai.OpenAIError", *, url: str, secrets: Secrets, patience: float) -> Refusal:
    """Say what an error of the SDK means.

    Parameters
    ----------
    error
        What the SDK raised.
    url
        The server's address, as it may be shown.
    secrets
        What is struck out of the words.
    patience
        For how long an answer was waited for, in seconds.
    """
    import openai

    if isinstance(error, openai.APIStatusError):
        return _of_status(error, url=url, secrets=secrets)
    was_sent = type(error.__cause__).__name__ not in _NOT_SENT
    if isinstance(error, openai.APITimeoutError) and was_sent:
        return Refusal(f"{url} didn't answer within {patience:.0f} s", "connection")
    if isinstance(error, openai.APIConnectionError):
        cause = str(error.__cause__).rstrip(".") or type(error.__cause__).__name__
        return Refusal(secrets.hide(f"no connection to {url} ({cause})"), "connection", was_sent=was_sent)
    return Refusal(f"the SDK failed with {type(error).__name__}")


def _of_status(error: "openai.APIStatusError", *, url: str, secrets: Secrets) -> Refusal:
    status = error.status_code
    # What is said to a wrong key may hold parts of it.
    said = "" if status in (401, 403) else secrets.hide(_message(error.body))
    detail = f": {said[:300].rstrip('.')}" if said else ""
    return Refusal(
        f"{url} answered with status {status}{detail}",
        advice=_ADVICE[402] if error.code == "insufficient_quota" else _ADVICE.get(status, ""),
        status=status,
        param=error.param or "",
        wait=_seconds(error.response.headers.get("retry-after", "")),
    )


def _message(body: Any) -> str:
    """Find the words in the body of an error; none in a web page."""
    message = body.get("message") or body.get("detail") if isinstance(body, dict) else None
    return " ".join(message.split()) if isinstance(message, str) else ""


def _seconds(header: str) -> float:
    """Read Retry-After where it is a number; a date would need a clock that agrees with the server's."""
    return float(header) if re.fullmatch(r"[0-9]{1,12}(\.[0-9]*)?", header) else 0.0
