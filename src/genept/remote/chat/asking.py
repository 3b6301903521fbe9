"""Questions to the server: several at a time, each answer kept as it comes, and an early stop."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from random import shuffle

from genept.errors import FetchError, GeneptError
from genept.remote.chat.answer import Answer
from genept.remote.chat.answer_cache import AnswerCache
from genept.remote.chat.chat import Chat, Failure
from genept.remote.chat.question import Question
from genept.remote.chat.spending import Spending
from genept.remote.chat.tokens import tokens_of
from genept.remote.secret import queries_hidden

# As many failures, each after all retries, without an answer between: the rest would fail as well.
IN_A_ROW = {"connection": 3, "answer": 20}


class Asking:
    """A run over many questions.

    Parameters
    ----------
    chat
        Who is asked.
    questions
        What; no two with the same messages.
    cache
        Where answers go.
    done
        Called after each question, whatever became of it.
    spending
        What the run may cost; by default as much as it does.
    """

    def __init__(
        self,
        chat: Chat,
        questions: Iterable[Question],
        *,
        cache: AnswerCache,
        done: Callable[[], object],
        spending: Spending | None = None,
    ) -> None:
        self._chat = chat
        self._waiting = deque(questions)
        # Each process in its own order: two that run side by side seldom pay for the same answer.
        shuffle(self._waiting)
        self._cache = cache
        self._done = done
        self._spending = spending
        self._failures: dict[str, str] = {}
        self._in_a_row = dict.fromkeys(IN_A_ROW, 0)
        self._stop: GeneptError | None = None

    def run(self, *, concurrency: int) -> dict[str, str]:
        """Ask them all, in an event loop of its own thread: Jupyter's thread has a loop that runs already.

        Returns
        -------
        dict
            Why a question got no answer, by the checksum of its messages.

        Raises
        ------
        FetchError
            If further questions can't succeed.
        OutputError
            If an answer can't be written.
        CostError
            If a next question could pass the highest cost.
        """
        from anyio.from_thread import start_blocking_portal

        # Ctrl-C leaves this block early, which calls off what is under way.
        with queries_hidden(), start_blocking_portal() as portal:
            portal.call(self._work, concurrency)
        if self._stop is not None:
            raise self._stop
        return self._failures

    async def _work(self, concurrency: int) -> None:
        try:
            await asyncio.gather(*(self._worker() for _ in range(min(concurrency, len(self._waiting)))))
        finally:
            await self._chat.close()

    async def _worker(self) -> None:
        # After a stop, what is under way is still received and kept: it is paid for.
        while self._waiting and self._stop is None:
            question = self._waiting.popleft()
            try:
                if not self._cache.holds(question.sha256):
                    self._take(question, await self._paid_for(question))
            except GeneptError as error:
                self._stop = self._stop or error
            self._done()

    async def _paid_for(self, question: Question) -> Answer | Failure:
        if self._spending is None:
            return await self._chat.ask(question)
        reserved = self._spending.reserve(tokens_of(question.messages))
        outcome = await self._chat.ask(question)
        self._spending.settle(reserved, outcome if isinstance(outcome, Answer) else None)
        return outcome

    def _take(self, question: Question, outcome: Answer | Failure) -> None:
        if isinstance(outcome, Answer):
            self._cache.keep(question.sha256, outcome)
            self._in_a_row = dict.fromkeys(IN_A_ROW, 0)
            return
        self._failures[question.sha256] = outcome.reason
        self._in_a_row[outcome.kind] += 1
        times = self._in_a_row[outcome.kind]
        if outcome.advice or times >= IN_A_ROW[outcome.kind]:
            often = "" if outcome.advice else f"{times} questions in a row failed, the last with: "
            raise FetchError(
                f"{often}{outcome.reason}",
                expected="a chat model that answers",
                do=f"{outcome.advice or 'check the server, base_url and the name of the model'}, "
                "and run again; answers that came are kept",
            )
