"""A run over texts on a server: several requests at a time, each answer kept as it comes."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from genept.encoders.batches import batches
from genept.encoders.budget import Budget
from genept.encoders.pace import Pace
from genept.encoders.protocol import BatchLimits, RemoteEncoder, RemoteSession, Reply
from genept.encoders.replies import all_agree, billed_tokens, flaw_of, usual_width
from genept.encoders.vector_cache import LOOK_AGAIN
from genept.encoders.vector_cache import PATIENCE as CACHE_PATIENCE
from genept.errors import FetchError, GeneptError, name_some
from genept.remote import attempts
from genept.remote.attempts import ATTEMPTS, LONGEST_PAUSE, wait_before
from genept.remote.refusal import Refusal
from genept.remote.secret import queries_hidden
from genept.sqlite_file import BusyError

# A busy server says how long to wait, and gets more attempts at one batch.
BUSY_ATTEMPTS = 30
# As many failures without an answer between, for so long: the rest would fail as well. A server that has
# answered before gets more time.
IN_A_ROW = {"connection": 12, "answer": 40}
FIRST_PATIENCE, PATIENCE = 5.0, 60.0
# Texts whose vectors say how wide all are, where nothing else does.
_WITNESSES = 3
_BUSY = 429
# What a server says to a request that it will never take; in a smaller one the fault may not be.
_UNFIT = (400, 413, 422)


class Keeper(Protocol):
    """Where vectors go, such as :class:`~genept.encoders.vector_cache.VectorCache`."""

    @property
    def dimensions(self) -> int | None:
        """Width of the vectors there; ``None`` where there are none."""
        ...

    def missing(self, digests: Sequence[bytes]) -> list[int]:
        """Positions of the texts that have no vector yet."""
        ...

    def keep(self, digests: Sequence[bytes], vectors: NDArray[np.float32], n_tokens: Sequence[int]) -> None:
        """Keep the vectors of a batch, all or none."""
        ...


@dataclass(frozen=True, eq=False)
class _Batch:
    positions: NDArray[np.intp]
    n_tokens: int
    attempts: int = 0
    busy: int = 0


class RemoteRun:
    """Texts to a server, vectors to the cache.

    Parameters
    ----------
    encoder
        What asks.
    texts, digests, lengths
        Different texts, the sha256 of each, and its length in tokens.
    cache
        Where vectors go, batch by batch.
    budget
        What may be spent.
    done
        Called with the number of texts that got a vector.
    """

    def __init__(
        self,
        encoder: RemoteEncoder,
        texts: Sequence[str],
        digests: Sequence[bytes],
        lengths: NDArray[np.intp],
        *,
        cache: Keeper,
        budget: Budget,
        done: Callable[[int], object],
    ) -> None:
        self._encoder = encoder
        self._texts = texts
        self._digests = digests
        self._lengths = lengths
        self._cache = cache
        self._budget = budget
        self._done = done
        self._dimensions = encoder.dimensions or cache.dimensions
        self._waiting = deque(self._batches())
        self._give_up_at = time.monotonic() + FIRST_PATIENCE
        self._failures: dict[int, str] = {}
        self._in_a_row = dict.fromkeys(IN_A_ROW, 0)
        self._stop: GeneptError | None = None

    def run(self) -> None:
        """Ask for them all, in an event loop of its own thread: that of Jupyter has one that runs.

        Raises
        ------
        FetchError
            If further requests can't succeed, or some texts got no vector.
        CostError
            If the next request could pass the highest cost.
        OutputError
            If a vector can't be written.
        """
        from anyio.from_thread import start_blocking_portal

        # Ctrl-C leaves this block early, which calls off what is under way.
        with queries_hidden(), start_blocking_portal() as portal:
            portal.call(self._work)
        if self._stop is not None:
            raise self._stop
        if self._failures:
            first = min(self._failures)
            raise FetchError(
                f"{len(self._failures):,} of {len(self._texts):,} texts got no vector: "
                f"{name_some((self._texts[i][:80] for i in sorted(self._failures)), 3)}; "
                f"of the first: {self._failures[first]}",
                expected="a vector for every text",
                do="run again, which sends only what is missing, or leave these texts out",
            )

    def _batches(self) -> list[_Batch]:
        limits = self._encoder.batch_limits
        per_minute = self._encoder.rate_limits.tokens_per_minute
        if per_minute is not None:
            limits = BatchLimits(limits.texts, min(limits.tokens, max(1, int(per_minute))))
        made = [self._batch(positions) for positions in batches(self._lengths, limits)]
        # Each process in its own order: two that run side by side seldom pay for the same text.
        random.shuffle(made)
        if self._dimensions is None:
            made.sort(key=lambda batch: -len(batch.positions))
            while len(made) > 1 and len(made[0].positions) < _WITNESSES:
                first = np.concatenate([made[0].positions, made.pop().positions])
                made[0] = self._batch(first)
        return made

    def _batch(self, positions: NDArray[np.intp]) -> _Batch:
        return _Batch(positions, int(self._lengths[positions].sum()))

    async def _work(self) -> None:
        self._pace = Pace(self._encoder.rate_limits)
        async with self._encoder.session() as session:
            width = min(self._encoder.rate_limits.concurrency, max(1, len(self._waiting)))
            self._idle = asyncio.Condition()
            self._busy = 0
            await asyncio.gather(*(self._worker(session) for _ in range(width)))

    async def _worker(self, session: RemoteSession) -> None:
        # After a stop, what is under way is still received and kept: it is paid for.
        while (batch := await self._next()) is not None:
            try:
                await self._attempt(batch, session)
            except GeneptError as error:
                self._stop = self._stop or error
                self._pace.end()
            finally:
                async with self._idle:
                    self._busy -= 1
                    self._idle.notify_all()

    async def _next(self) -> _Batch | None:
        """Take a batch; while there is none, one that is under way may still come back."""
        async with self._idle:
            await self._idle.wait_for(self._may_go_on)
            if not self._waiting or self._stop:
                return None
            self._busy += 1
            return self._waiting.popleft()

    def _may_go_on(self) -> bool:
        if self._stop is not None or not self._busy:
            return True
        return bool(self._waiting) and self._dimensions is not None

    async def _attempt(self, batch: _Batch, session: RemoteSession) -> None:
        if batch.attempts or batch.busy:
            await self._pace.wait(wait_before(batch.attempts + batch.busy))
        most = sum(self._encoder.most_tokens(self._texts[i]) for i in batch.positions)
        async with self._idle:
            # What others have under way may cost less than was set aside for it.
            await self._idle.wait_for(
                lambda: self._stop or self._budget.allows(most) or not self._budget.under_way
            )
            if self._stop is not None:
                return
            self._budget.reserve(most)
        billed = 0
        try:
            answer, batch, billed = await self._ask(batch, session)
        finally:
            self._budget.settle(most, billed)
        if isinstance(answer, Reply):
            await self._take(batch, answer)
        elif answer is not None:
            self._refused(batch, answer)

    async def _ask(self, batch: _Batch, session: RemoteSession) -> tuple[Reply | Refusal | None, _Batch, int]:
        """Ask for what is missing of a batch, at its turn; also give the tokens that this cost."""
        async with self._pace.turn(batch.n_tokens):
            if self._stop is not None:
                return None, batch, 0
            # What another process has paid for meanwhile isn't asked for again.
            missing = self._cache.missing([self._digests[i] for i in batch.positions])
            self._done(len(batch.positions) - len(missing))
            if not missing:
                return None, batch, 0
            batch = self._part(batch, batch.positions[missing])
            answer = await session.ask([self._texts[i] for i in batch.positions])
            return answer, batch, billed_tokens(answer, batch.n_tokens)

    async def _take(self, batch: _Batch, reply: Reply) -> None:
        vectors = list(reply.vectors)
        self._dimensions = self._dimensions or usual_width(vectors)
        good = [
            row
            for row, vector in enumerate(vectors)
            if vector is not None and len(vector) == self._dimensions and np.isfinite(vector).all()
        ]
        if good:
            await self._keep(batch.positions[good], [v for row in good if (v := vectors[row]) is not None])
            self._pace.speed_up()
            self._in_a_row = dict.fromkeys(IN_A_ROW, 0)
            self._give_up_at = time.monotonic() + PATIENCE
        elif self._cache.dimensions not in (None, usual_width(vectors)) and all_agree(vectors):
            # All of another width than before: says so, and what to do about it.
            await self._keep(batch.positions, [vector for vector in vectors if vector is not None])
        bad = [row for row in range(len(batch.positions)) if row not in set(good)]
        if bad:
            flaw = reply.flaw or flaw_of(vectors, self._dimensions)
            left = self._part(batch, batch.positions[bad])
            self._again(replace(left, attempts=batch.attempts + 1), Refusal(flaw))

    async def _keep(self, positions: NDArray[np.intp], vectors: Sequence[NDArray[np.float32]]) -> None:
        """Keep what was paid for, when other processes have ended writing."""
        digests = [self._digests[i] for i in positions]
        started = time.monotonic()
        while True:
            try:
                self._cache.keep(digests, np.stack(vectors), self._lengths[positions].tolist())
            except BusyError:
                if time.monotonic() - started > CACHE_PATIENCE:
                    raise
                await asyncio.sleep(LOOK_AGAIN)
            else:
                self._done(len(positions))
                return

    def _refused(self, batch: _Batch, refusal: Refusal) -> None:
        if refusal.advice or refusal.wait > LONGEST_PAUSE:
            self._give_up(refusal)
        if refusal.status == _BUSY:
            self._pace.slow_down(refusal.wait)
            self._again(replace(batch, busy=batch.busy + 1), refusal)
        elif refusal.status in _UNFIT and len(batch.positions) > 1:
            # One text may be the reason; those that share the request with it are not at fault.
            half = len(batch.positions) // 2
            # Before all others: a request that no batch can make succeed is found out soon.
            self._waiting.extendleft(
                self._part(batch, part) for part in (batch.positions[:half], batch.positions[half:])
            )
            self._count(refusal)
        elif refusal.may_pass:
            self._pace.slow_down(max(refusal.wait, attempts.FIRST_WAIT))
            self._again(replace(batch, attempts=batch.attempts + 1), refusal)
        else:
            self._fail(batch, refusal)

    def _again(self, batch: _Batch, refusal: Refusal) -> None:
        if batch.attempts >= ATTEMPTS or batch.busy >= BUSY_ATTEMPTS:
            self._fail(batch, refusal)
            return
        if refusal.status != _BUSY:
            self._count(refusal)
        if self._dimensions is None:
            # Many texts together say best how wide vectors are.
            self._waiting.appendleft(batch)
        else:
            self._waiting.append(batch)

    def _fail(self, batch: _Batch, refusal: Refusal) -> None:
        self._failures |= dict.fromkeys(batch.positions.tolist(), refusal.reason)
        self._count(refusal)

    def _count(self, refusal: Refusal) -> None:
        self._in_a_row[refusal.kind] += 1
        times = self._in_a_row[refusal.kind]
        if times >= IN_A_ROW[refusal.kind] and time.monotonic() >= self._give_up_at:
            self._give_up(replace(refusal, reason=f"{times} requests in a row failed: {refusal.reason}"))

    def _give_up(self, refusal: Refusal) -> None:
        raise FetchError(
            refusal.told,
            expected="a server that embeds texts",
            do=f"{refusal.advice or 'check the server, base_url and the name of the model'}, and run again; "
            "vectors that came are kept",
        )

    def _part(self, batch: _Batch, positions: NDArray[np.intp]) -> _Batch:
        return replace(batch, positions=positions, n_tokens=int(self._lengths[positions].sum()))
