"""One question to a chat model: an answer, or why there is none."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, cast

from genept.remote.client import async_client
from genept.remote.endpoint import Endpoint
from genept.remote.refusal import explain
from genept.texts.generated.answer import Answer, UnusableError, read_answer
from genept.texts.generated.prompt import MAX_TOKENS, TEMPERATURE

if TYPE_CHECKING:
    from collections.abc import Iterable

    import openai
    from openai.types.chat import ChatCompletionMessageParam

# The SDK waits between attempts as long as the server asks (up to two minutes), else 0.5 s, 1 s, 2 s, ...
RETRIES = 4
# A model on a laptop's processor, asked eight things at once, takes its time.
_ANSWER_SECONDS = 300.0


@dataclass(frozen=True)
class Failure:
    """Why a question got no answer, after all retries.

    Parameters
    ----------
    reason
        In words.
    kind
        Whether the server wasn't reached, or what it answered was no summary.
    advice
        What to do, where no further question could succeed; else empty.
    """

    reason: str
    kind: Literal["connection", "answer"] = "answer"
    advice: str = ""


class Chat:
    """A model on a server.

    Parameters
    ----------
    endpoint
        The server.
    model
        The model's name there.

    Raises
    ------
    MissingDependencyError
        If the SDK isn't installed.
    ArgumentError
        If the server needs a key and there is none.
    """

    def __init__(self, endpoint: Endpoint, model: str) -> None:
        self._client, self._secrets = async_client(
            endpoint, needed_by="the source 'generated'", timeout=_ANSWER_SECONDS, retries=RETRIES
        )
        self._url = endpoint.url
        self._model = model

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def ask(self, messages: list[dict[str, str]]) -> Answer | Failure:
        """Ask, with the SDK's retries.

        A failure is returned as words: an exception would drag along what the server said, which
        may repeat the key, into the traceback.
        """
        import openai

        try:
            response = await self._client.chat.completions.with_raw_response.create(
                model=self._model,
                messages=cast("Iterable[ChatCompletionMessageParam]", messages),
                temperature=TEMPERATURE,
                # Not max_completion_tokens, which few servers but OpenAI's know; no seed, which some refuse.
                max_tokens=MAX_TOKENS,
            )
            answer = read_answer(response.content, date=datetime.now(UTC).isoformat(timespec="seconds"))
        except openai.OpenAIError as error:
            return self._refused(error)
        except UnusableError as error:
            return Failure(str(error))
        if self._secrets.are_in(f"{answer.text} {answer.model_served}"):
            return Failure("the answer repeats the API key")
        return answer

    def _refused(self, error: "openai.OpenAIError") -> Failure:
        refusal = explain(error, url=self._url, secrets=self._secrets, patience=_ANSWER_SECONDS)
        advice = refusal.advice
        if refusal.param in ("max_tokens", "temperature"):
            advice = "name a model that takes max_tokens and temperature; OpenAI's reasoning models don't"
        return Failure(refusal.reason, refusal.kind, advice)
