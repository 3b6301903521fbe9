"""One step of a job at the Batch API: look after what is under way, then submit what is missing."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from genept.encoders.budget import Budget, cost
from genept.encoders.openai.batch.collect import BatchCollector
from genept.encoders.openai.batch.job_file import JobFile, Part
from genept.encoders.openai.batch.progress import BatchProgress
from genept.encoders.openai.batch.remote_batch import RemoteBatch
from genept.encoders.openai.batch.server import BatchServer
from genept.encoders.openai.batch.submit import BatchSubmitter
from genept.encoders.sent_texts import SentTexts
from genept.encoders.vector_cache import VectorCache
from genept.errors import FetchError

if TYPE_CHECKING:
    from genept.encoders.openai.encoder import OpenAIEncoder

log = logging.getLogger(__name__)

# A batch that was being created when a run was killed may show up in the list a little later.
SETTLE_SECONDS = 2.0
# The smallest accounts may have more tokens than this waiting, and no text has as many.
LEAST_ROOM = 100_000


class BatchWork:
    """Texts to the server's batches, vectors to the cache.

    Parameters
    ----------
    encoder
        What the requests are for.
    sent
        The texts.
    cache
        Where vectors go.
    record
        The job, as far as it is.
    budget
        The price of batches, and what may be spent.
    done
        Called with the number of vectors kept.
    """

    def __init__(
        self,
        encoder: "OpenAIEncoder",
        sent: SentTexts,
        cache: VectorCache,
        *,
        record: JobFile,
        budget: Budget,
        done: Callable[[int], object],
    ) -> None:
        self._encoder = encoder
        self._digests = sent.digests
        self._cache = cache
        self._record = record
        self._price = budget.usd_per_million_tokens
        self._collector = BatchCollector(encoder, sent, cache, folder=record.folder, done=done)
        self._submitter = BatchSubmitter(encoder, sent, record, budget=budget)
        self._seen: dict[str, RemoteBatch] = {}

    def advance(self) -> None:
        """Do all that can be done now.

        Raises
        ------
        GeneptError
            As :func:`genept.encoders.openai.batch.job.advance_batch`.
        """
        if not self._record.job.under_way and not self._cache.missing(self._digests):
            return
        with self._encoder.batch_server() as server:
            for part in self._record.job.under_way:
                if not part.batch:
                    self._find(server, part)
            # All are looked after before one of them may end the run.
            troubles = [self._look_after(server, part) for part in self._record.job.under_way]
            for trouble in filter(None, troubles):
                raise trouble
            self._submitter.submit(server, self._cache.missing(self._digests))

    def progress(self) -> BatchProgress:
        """Say how far the job is."""
        job = self._record.job
        n_missing = len(self._cache.missing(self._digests))
        under_way = [self._seen[part.batch] for part in job.under_way if part.batch in self._seen]
        n_failed = sum(len(part.texts) for part in job.collected) + sum(one.n_failed for one in under_way)
        n_tokens = sum(part.n_tokens for part in job.collected)
        return BatchProgress(
            status="waiting" if n_missing else "done",
            n_texts=len(self._digests),
            n_missing=n_missing,
            n_completed=min(n_missing, sum(batch.n_completed for batch in under_way)),
            n_failed=n_failed,
            batches=tuple((part.batch, part.status) for part in job.parts),
            n_tokens=n_tokens,
            usd=cost(n_tokens, self._price),
        )

    def _find(self, server: BatchServer, part: Part) -> None:
        """Find the batch of a part whose creation was interrupted, or drop the part."""
        found = server.find(part.key)
        if found is None:
            time.sleep(SETTLE_SECONDS)
            found = server.find(part.key)
        self._record.put(part, None if found is None else replace(part, batch=found.id, status=found.status))

    def _look_after(self, server: BatchServer, part: Part) -> FetchError | None:
        """Ask after a batch, collect it if it is finished, and say what keeps the job from going on."""
        batch = server.retrieve(part.batch)
        if batch is None:
            return FetchError(
                f"no batch {part.batch} at {self._encoder.base_url}",
                expected=f"the batch that {self._record.path} says is under way",
                do="set the OPENAI_API_KEY with which it was submitted, or move that file away, which begins "
                "a new job and pays anew for what is under way",
            )
        self._seen[batch.id] = batch
        if batch.status != part.status:
            log.info("%s: %s, %s requests completed", batch.id, batch.status, f"{batch.n_completed:,}")
        if batch.is_final:
            collected, trouble = self._collector.collect(server, part, batch)
            self._make_room(part, batch)
            self._record.put(part, replace(collected, status=batch.status))
            return trouble
        if batch.status != part.status:
            self._record.put(part, replace(part, status=batch.status))
        return None

    def _make_room(self, part: Part, batch: RemoteBatch) -> None:
        """Learn from a batch how many tokens the server lets wait: twice as many, or half as many."""
        job = self._record.job
        if batch.is_too_much:
            others = sum(other.n_tokens for other in job.under_way if other is not part)
            self._record.make_room(max(LEAST_ROOM, others or part.n_tokens // 2))
        elif job.room is not None and batch.status == "completed":
            self._record.make_room(job.room * 2)
