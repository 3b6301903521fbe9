"""Questions of one kind to one model: answered from the cache, or by the server."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tqdm.auto import tqdm

from genept.errors import ArgumentError
from genept.remote.chat.answer import Answer
from genept.remote.chat.answer_cache import AnswerCache, open_answers
from genept.remote.chat.asking import Asking
from genept.remote.chat.chat import Chat
from genept.remote.chat.manner import Manner
from genept.remote.chat.question import Question, missing_answers
from genept.remote.chat.spending import Spending
from genept.remote.endpoint import Endpoint

if TYPE_CHECKING:
    from genept.sqlite_file import SQLiteFile


@dataclass(frozen=True)
class Interview:
    """One model on one server, asked in one manner.

    Parameters
    ----------
    endpoint
        The server.
    model
        The model's name there.
    manner
        How it is asked.
    file
        Where answers are kept.
    concurrency
        How many questions may be under way at a time.

    Raises
    ------
    ArgumentError
        If there is no model, or nothing could be under way.
    """

    endpoint: Endpoint
    model: str
    manner: Manner
    file: "SQLiteFile"
    concurrency: int = 8

    def __post_init__(self) -> None:
        if not self.model.strip():
            raise ArgumentError(
                "an empty model", expected="a model's name", do="name one that the server has"
            )
        if self.concurrency < 1:
            raise ArgumentError(
                f"a concurrency of {self.concurrency}",
                expected="1 or more",
                do="leave it out, which means 8",
            )
        object.__setattr__(self, "model", self.model.strip())

    def known(self) -> dict[str, Answer]:
        """Read the answers that are there, by the checksum of the messages; looking makes nothing.

        Raises
        ------
        OutputError
            If the file of answers can't be opened.
        """
        if not self.file.path.exists():
            return {}
        with self._open() as cache:
            return cache.answers()

    def answers(
        self, questions: Iterable[Question], *, title: str, unit: str, spending: Spending | None = None
    ) -> tuple[dict[str, Answer], dict[str, str]]:
        """Ask what has no answer yet.

        Parameters
        ----------
        questions
            What is asked.
        title, unit
            What the progress bar says, and counts.
        spending
            What the run may cost; by default as much as it does.

        Returns
        -------
        dict, dict
            All answers, and why a question got none, by the checksum of the messages.

        Raises
        ------
        ArgumentError, MissingDependencyError
            If something is to be asked and the server needs a key that isn't there, or there is no SDK.
        FetchError, CostError, OutputError
            If further questions can't succeed, or may cost too much, or answers can't be written.
        """
        with self._open() as cache:
            answers = cache.answers()
            missing = missing_answers(questions, answers)
            if not missing:
                return answers, {}
            chat = Chat(self.endpoint, self.model, self.manner)
            with tqdm(
                total=len(missing), unit=unit, desc=f"{title} ({self.model})", disable=None
            ) as progress:
                asking = Asking(chat, missing, cache=cache, done=progress.update, spending=spending)
                failures = asking.run(concurrency=self.concurrency)
            return cache.answers(), failures

    def _open(self) -> AbstractContextManager[AnswerCache]:
        return open_answers(
            self.file,
            base_url=self.endpoint.url,
            model=self.model,
            prompt_version=self.manner.prompt_version,
        )


def served_and_dates(answers: Iterable[Answer]) -> tuple[str, str]:
    """Say which models answered, as the server calls them, and on which days.

    Examples
    --------
    >>> served_and_dates([Answer("a", "m-1", 1, 1, "2026-01-02T10:00:00+00:00")])
    ('m-1', '2026-01-02')
    """
    answers = list(answers)
    days = sorted({answer.date[:10] for answer in answers})
    served = sorted({answer.model_served for answer in answers} - {""})
    return (
        ", ".join(served) or "not said by the server",
        " to ".join(dict.fromkeys((days[0], days[-1]))) if days else "no answers",
    )
