"""One question to a chat model: an answer, or why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, cast

from genept.remote.chat.answer import Answer, UnusableError, read_answer
from genept.remote.chat.manner import Manner
from genept.remote.chat.question import Question
from genept.remote.client import async_client
from genept.remote.endpoint import Endpoint
from genept.remote.refusal import Refusal, explain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openai.types.chat import ChatCompletionMessageParam

# The SDK waits between attempts as long as the server asks (up to two minutes), else 0.5 s, 1 s, 2 s, ...
RETRIES = 4
# A model on a laptop's processor, asked eight things at once, takes its time.
_ANSWER_SECONDS = 300.0
# How servers that don't know response_format refuse it, llama-cpp-python as a fault of its own.
_MAY_MEAN_FORMAT = {400, 422, 500, 501}
_REPEATS_KEY = "the answer repeats the API key"


@dataclass(frozen=True)
class Failure:
    """Why a question got no answer, after all retries.

    Parameters
    ----------
    reason
        In words.
    kind
        Whether the server wasn't reached, or what it answered was no answer to the question.
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
    manner
        How it is asked.

    Raises
    ------
    MissingDependencyError
        If the SDK isn't installed.
    ArgumentError
        If the server needs a key and there is none.
    """

    def __init__(self, endpoint: Endpoint, model: str, manner: Manner) -> None:
        self._client, self._secrets = async_client(
            endpoint, needed_by=manner.needed_by, timeout=_ANSWER_SECONDS, retries=RETRIES
        )
        self._url = endpoint.url
        # Not max_completion_tokens, which few servers but OpenAI's know; no seed, which some refuse.
        self._words = {
            "model": model,
            "temperature": manner.temperature,
            "max_tokens": manner.max_tokens,
        }
        self._format = manner.response_format

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def ask(self, question: Question) -> Answer | Failure:
        """Ask, with the SDK's retries.

        A failure is returned as words: an exception would drag along what the server said, which
        may repeat the key, into the traceback.
        """
        asked_for = self._format
        outcome = await self._attempt(question, asked_for)
        if asked_for is not None and isinstance(outcome, Refusal) and outcome.status in _MAY_MEAN_FORMAT:
            plain = await self._attempt(question, None)
            if not isinstance(plain, Refusal):
                self._format = None
                outcome = plain
        return self._failed(outcome) if isinstance(outcome, Refusal) else outcome

    async def _attempt(
        self, question: Question, response_format: Mapping[str, Any] | None
    ) -> Answer | Failure | Refusal:
        import openai

        form = {} if response_format is None else {"response_format": response_format}
        try:
            response = await self._client.chat.completions.with_raw_response.create(
                messages=cast("Iterable[ChatCompletionMessageParam]", question.messages),
                **cast("dict[str, Any]", self._words | form),
            )
            answer = read_answer(
                response.content,
                date=datetime.now(UTC).isoformat(timespec="seconds"),
                understand=partial(self._understood, question),
            )
        except openai.OpenAIError as error:
            return explain(error, url=self._url, secrets=self._secrets, patience=_ANSWER_SECONDS)
        except UnusableError as error:
            return Failure(str(error))
        if self._secrets.are_in(answer.model_served):
            return Failure(_REPEATS_KEY)
        return answer

    def _understood(self, question: Question, words: str) -> str | None:
        # First, since what is wrong with an answer may be said in its own words.
        if self._secrets.are_in(words):
            raise UnusableError(_REPEATS_KEY)
        return question.understand(words)

    def _failed(self, refusal: Refusal) -> Failure:
        advice = refusal.advice
        if refusal.param in ("max_tokens", "temperature"):
            advice = "name a model that takes max_tokens and temperature; OpenAI's reasoning models don't"
        return Failure(refusal.reason, refusal.kind, advice)
