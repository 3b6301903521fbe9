"""Submits what is missing: each text in one batch at a time, and in three at most."""

import logging
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from genept.encoders.budget import Budget
from genept.encoders.openai.batch.job_file import JobFile, Part
from genept.encoders.openai.batch.request_lines import cut_up, request_line, scratch_file
from genept.encoders.openai.batch.server import BatchServer
from genept.encoders.sent_texts import SentTexts
from genept.errors import FetchError, name_some

if TYPE_CHECKING:
    from genept.encoders.openai.encoder import OpenAIEncoder

log = logging.getLogger(__name__)

# Batches that one text may go through.
ROUNDS = 3


class BatchSubmitter:
    """Texts to the server's batches.

    Parameters
    ----------
    encoder
        What the requests are for.
    sent
        The texts.
    record
        The job, written before and after each step on the server.
    budget
        The price of batches, and what may be spent.
    """

    def __init__(self, encoder: "OpenAIEncoder", sent: SentTexts, record: JobFile, *, budget: Budget) -> None:
        self._encoder = encoder
        self._texts = sent.texts
        self._ids = [digest.hex() for digest in sent.digests]
        self._record = record
        self._budget = budget

    def submit(self, server: BatchServer, missing: list[int]) -> None:
        """Ask for what isn't under way.

        Parameters
        ----------
        server
            Whom to ask.
        missing
            Positions of the texts that have no vector.

        Raises
        ------
        CostError
            If that could pass the highest cost; nothing is sent then.
        FetchError
            If the server fails; or if texts have failed too often, and nothing else is left to do.
        OutputError
            If there is no room for what is sent.
        """
        job = self._record.job
        under_way = {text for part in job.under_way for text in part.texts}
        rounds = Counter(text for part in job.collected for text in part.texts)
        wanted = [i for i in missing if self._ids[i] not in under_way and rounds[self._ids[i]] < ROUNDS]
        if missing and not wanted and not under_way:
            self._give_up(missing)
        if wanted:
            self._submit(server, wanted)

    def _submit(self, server: BatchServer, wanted: list[int]) -> None:
        job = self._record.job
        lengths = [int(n) for n in self._encoder.count_tokens([self._texts[i] for i in wanted])]
        waiting = sum(part.n_tokens for part in job.under_way)
        spent = sum(part.n_tokens for part in job.collected)
        replace(self._budget, n_tokens=spent).reserve(waiting + sum(lengths))
        room = float("inf") if job.room is None else job.room - waiting
        sizes = [len(self._line(i)) for i in wanted]
        for batch in cut_up(sizes, lengths, room=room):
            self._send(server, [wanted[k] for k in batch], sum(lengths[k] for k in batch))

    def _send(self, server: BatchServer, positions: list[int], n_tokens: int) -> None:
        part = Part(key=uuid4().hex, texts=tuple(self._ids[i] for i in positions), n_tokens=n_tokens)
        # Before the batch is there, so that it can be found if this run doesn't live to hear of it.
        self._record.add(part)
        with scratch_file(self._record.folder) as lines:
            lines.writelines(map(self._line, positions))
            batch = server.create(server.upload(lines), part.key)
        self._record.put(part, replace(part, batch=batch.id, status=batch.status))
        log.info("%s: %s texts submitted", batch.id, f"{len(positions):,}")

    def _line(self, position: int) -> bytes:
        return request_line(self._ids[position], self._encoder.request(self._texts[position]))

    def _give_up(self, failed: list[int]) -> None:
        reasons = {text: why for part in self._record.job.collected for text, why in part.reasons.items()}
        first = next((i for i in failed if self._ids[i] in reasons), failed[0])
        named = [first, *(i for i in failed if i != first)]
        raise FetchError(
            f"{len(failed):,} of {len(self._ids):,} texts got no vector in {ROUNDS} batches: "
            f"{name_some((self._texts[i][:40] for i in named), 3)}; of the first: "
            f"{reasons.get(self._ids[first], 'no reason was given')}",
            expected="a vector for every text",
            do=f"leave these texts out, embed them without batches, or move {self._record.path} away, which "
            "asks for them again",
        )
