"""Collects a finished batch: its vectors into the cache, and the reasons for those that are missing."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from genept.encoders.openai.batch.job_file import Part
from genept.encoders.openai.batch.output import answers
from genept.encoders.openai.batch.remote_batch import RemoteBatch
from genept.encoders.openai.batch.request_lines import scratch_file
from genept.encoders.openai.batch.server import BatchServer
from genept.encoders.openai.batch.vectors import Collected, keep_vectors, survey
from genept.encoders.replies import most_usual
from genept.encoders.sent_texts import SentTexts
from genept.encoders.vector_cache import VectorCache
from genept.errors import EncoderError, FetchError

if TYPE_CHECKING:
    from genept.encoders.openai.encoder import OpenAIEncoder

log = logging.getLogger(__name__)

# Reasons that are kept for each batch: they are mostly the same.
_MOST_REASONS = 20


class BatchCollector:
    """Brings finished batches home.

    Parameters
    ----------
    encoder
        What the requests were for.
    sent
        Texts, for their lengths.
    cache
        Where vectors go.
    folder
        Where there is room for an output.
    done
        Called with the number of vectors kept.
    """

    def __init__(
        self,
        encoder: "OpenAIEncoder",
        sent: SentTexts,
        cache: VectorCache,
        *,
        folder: Path,
        done: Callable[[int], object],
    ) -> None:
        self._encoder = encoder
        self._text_of = dict(zip((digest.hex() for digest in sent.digests), sent.texts, strict=True))
        self._cache = cache
        self._folder = folder
        self._done = done

    def collect(self, server: BatchServer, part: Part, batch: RemoteBatch) -> tuple[Part, FetchError | None]:
        """Collect a batch that is final.

        Returns
        -------
        part
            The part as it is now, to be written down.
        trouble
            Why the same shouldn't be asked again without a word; ``None`` where it may.

        Raises
        ------
        EncoderError
            If all vectors have another width than the encoder's.
        FetchError, OutputError
            If a file can't be got or kept now; the part stays as it was.
        """
        if batch.status == "failed" and not (batch.output or batch.errors):
            # Nothing of it was begun, so nothing counts as asked.
            whole = replace(part, texts=(), n_tokens=0, is_collected=True)
            return whole, None if batch.is_too_much else _failed(batch, server)
        got = self._vectors(server, part, batch)
        trouble = None
        if got is None:
            got, trouble = Collected(n_tokens=part.n_tokens), _gone(batch)
        reasons = {**self._errors(server, batch), **got.reasons}
        left = tuple(text for text in part.texts if text not in got.kept)
        _tell(batch, left, got.n_useless)
        default = f"no answer in {batch.id}, which ended as {batch.status}"
        some = {text: server.secrets.hide(reasons.get(text, default)) for text in left[:_MOST_REASONS]}
        new = replace(part, texts=left, n_tokens=got.n_tokens, reasons=some, is_collected=True)
        return new, trouble

    def _vectors(self, server: BatchServer, part: Part, batch: RemoteBatch) -> Collected | None:
        """Keep the vectors of a batch; ``None`` where its output is gone."""
        if not batch.output:
            return Collected()
        with scratch_file(self._folder) as file:
            if not server.download(batch.output, file):
                return None
            found = survey(file, part.texts)
            return keep_vectors(
                file,
                found,
                self._cache,
                width=self._width(found.widths),
                lengths=self._lengths(part),
                done=self._done,
            )

    def _width(self, widths: Counter[int]) -> int:
        known = self._encoder.dimensions or self._cache.dimensions
        usual = most_usual(widths) or 0
        if known is not None and len(widths) == 1 and widths[usual] > 1 and usual != known:
            raise EncoderError(
                f"{widths[usual]:,} vectors of {usual} numbers from {self._encoder.base_url}",
                expected=f"{known}, as the encoder says",
                do="check the model and dimensions; nothing of that batch was kept, and no other is sent",
            )
        return known or usual

    def _lengths(self, part: Part) -> dict[str, int]:
        """Count the tokens of a part's texts, as far as they still are among the texts of this run."""
        known = [text for text in part.texts if text in self._text_of]
        counted = self._encoder.count_tokens([self._text_of[text] for text in known])
        return dict(zip(known, map(int, counted), strict=True))

    def _errors(self, server: BatchServer, batch: RemoteBatch) -> dict[str, str]:
        """Read why requests failed, as far as that file still is there."""
        if not batch.errors:
            return {}
        with scratch_file(self._folder) as file:
            there = server.download(batch.errors, file)
            return {answer.custom_id: answer.reason for answer in answers(file)} if there else {}


def _tell(batch: RemoteBatch, left: Sequence[str], n_useless: int) -> None:
    if left:
        log.warning("%s, %s: %s texts got no vector", batch.id, batch.status, f"{len(left):,}")
    if n_useless:
        log.warning("%s: %s lines answer nothing that was asked", batch.id, f"{n_useless:,}")


def _failed(batch: RemoteBatch, server: BatchServer) -> FetchError:
    words = "; ".join(f"{code}: {message[:300].rstrip('.')}" for code, message in batch.flaws[:3])
    return FetchError(
        f"{batch.id} failed as a whole ({server.secrets.hide(words) or 'no reason was given'})",
        expected="a batch that the server takes",
        do="mend this, and run again, which submits its texts anew",
    )


def _gone(batch: RemoteBatch) -> FetchError:
    return FetchError(
        f"the output of {batch.id} ({batch.output}), which the server has no longer",
        expected="a batch that is collected before the server deletes its output, after about 30 days",
        do="run again, which asks for its texts anew and pays for them again",
    )
