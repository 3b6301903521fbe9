"""How fast a server is asked: what the account allows, and less while the server complains."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from genept.encoders.protocol import RateLimits

# Requests and tokens are spread evenly, but for what a few seconds may have at once.
_AT_ONCE_SECONDS = 5.0


class Pace:
    """Room for requests: several at a time, evenly spread over each minute.

    Concurrency is halved when the server complains, and grows by one with every round of good answers. All
    times are those of the event loop, whose clock only goes forward.

    Parameters
    ----------
    limits
        What is allowed at most.
    """

    def __init__(self, limits: RateLimits) -> None:
        self._most = max(1, limits.concurrency)
        self._allowed = float(self._most)
        self._under_way = 0
        self._paused_until = 0.0
        self._room = asyncio.Condition()
        self._ended = asyncio.Event()
        self._buckets = (_Bucket(limits.requests_per_minute), _Bucket(limits.tokens_per_minute))

    @asynccontextmanager
    async def turn(self, n_tokens: int) -> AsyncIterator[None]:
        """Wait for one's turn; the block is the request."""
        async with self._room:
            await self._room.wait_for(lambda: self._under_way < int(self._allowed))
            self._under_way += 1
        try:
            for bucket, amount in zip(self._buckets, (1, n_tokens), strict=True):
                await self.wait(bucket.take(amount))
            loop = asyncio.get_running_loop()
            # Another request may have lengthened the pause meanwhile.
            while (left := self._paused_until - loop.time()) > 0 and not self._ended.is_set():
                await self.wait(left)
            yield
        finally:
            async with self._room:
                self._under_way -= 1
                self._room.notify_all()

    async def wait(self, seconds: float) -> None:
        """Wait so long, or until the run ends."""
        if seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), seconds)

    def end(self) -> None:
        """End all waits: nothing more is going to be asked."""
        self._ended.set()

    def slow_down(self, seconds: float) -> None:
        """After a complaint: leave the server alone for a time, and ask half as much at once."""
        now = asyncio.get_running_loop().time()
        if now >= self._paused_until:
            # Requests that were under way together complain together; that counts once.
            self._allowed = max(1.0, self._allowed / 2)
        self._paused_until = max(self._paused_until, now + seconds)

    def speed_up(self) -> None:
        """After a good answer: allow a little more at once."""
        self._allowed = min(self._most, self._allowed + 1 / self._allowed)


class _Bucket:
    """Amounts that flow at an even rate; a few seconds' worth at once at most."""

    def __init__(self, per_minute: float | None) -> None:
        self._rate = None if per_minute is None else per_minute / 60
        self._ready = 0.0

    def take(self, amount: float) -> float:
        """Take an amount, and say for how many seconds to wait for it."""
        if self._rate is None:
            return 0.0
        now = asyncio.get_running_loop().time()
        start = max(self._ready, now - _AT_ONCE_SECONDS)
        self._ready = start + amount / self._rate
        return start - now
