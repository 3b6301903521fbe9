"""What encoders that run on this machine share: tokens, batches in the right precision, vectors."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from genept.encoders.local.hardware import Precision, map_on_cores, set_precision
from genept.encoders.local.model_text import longest_input, tokenizer_that_pads
from genept.encoders.protocol import BatchLimits
from genept.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Padded tokens in one pass of a core: what passes between layers then stays in the core's own cache.
_CORE_TOKENS = 1024
_GPU_LIMITS = BatchLimits(texts=512, tokens=1 << 16)


def _cpu_limits() -> BatchLimits:
    """Several passes for each core, so that none waits long for the others at a batch's end."""
    import torch

    cores = torch.get_num_threads()
    return BatchLimits(texts=max(256, 32 * cores), tokens=max(16, 4 * cores) * _CORE_TOKENS)


class LocalModel:
    """A loaded sentence-transformers model that turns texts into vectors.

    Texts are tokenised once for a batch, sorted by length and padded on the right, whatever side the
    tokenizer pads on: decoders that number positions from the left edge would else see shifted texts.

    Parameters
    ----------
    model
        The loaded model; it is changed, and belongs to this object from now on.
    precision
        With bfloat16 the linear layers keep their weights in it, and the rest (embeddings, sums, layer
        norms) stays float32: autocast computes the same, but would convert the weights for every batch.
    max_tokens
        Longest input in tokens; by default what the model reads.

    Raises
    ------
    ArgumentError
        If the model doesn't read that many tokens.
    EncoderError
        If the model isn't a transformer of text.
    """

    is_cached = True

    def __init__(
        self, model: "SentenceTransformer", *, precision: Precision, max_tokens: int | None = None
    ) -> None:
        self._model: Any = model.eval()
        self._tokenizer: Any = tokenizer_that_pads(model)
        self.precision = precision
        self._prompt = model.prompts.get(model.default_prompt_name or "") or ""
        self.max_tokens = longest_input(model, max_tokens)
        set_precision(self._model, precision)
        self.device = str(model.device.type)
        self.batch_limits = _cpu_limits() if self.device == "cpu" else _GPU_LIMITS
        self.dimensions = self._pass([{"input_ids": [0], "attention_mask": [1]}]).shape[1]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed one batch.

        Returns
        -------
        (n, dimensions) float32 array

        Raises
        ------
        EncoderError
            If a single text is too large for the memory of the graphics processor.
        """
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        if not texts:
            return vectors
        rows = self._tokens(texts)
        batches = self._split([len(row["input_ids"]) for row in rows])
        work = [[rows[i] for i in batch] for batch in batches]
        done = map_on_cores(self._pass, work) if self.device == "cpu" else map(self._halving, work)
        for batch, result in zip(batches, done, strict=True):
            vectors[batch] = result
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> NDArray[np.intp]:
        """Count the model's own tokens of each whole text, its marks and the model's prompt included."""
        if not texts:
            return np.empty(0, dtype=np.intp)
        encoded = self._tokenizer(
            [self._prompt + text for text in texts],
            truncation=False,
            verbose=False,
            return_attention_mask=False,
            return_token_type_ids=False,
        )
        return np.array([len(ids) for ids in encoded["input_ids"]], dtype=np.intp)

    def _tokens(self, texts: Sequence[str]) -> list[dict[str, list[int]]]:
        encoded = self._tokenizer(
            [self._prompt + text for text in texts],
            truncation=self.max_tokens is not None,
            max_length=self.max_tokens,
            verbose=False,
        )
        rows = [dict(zip(encoded, values, strict=True)) for values in zip(*encoded.values(), strict=True)]
        # A tokenizer without marks makes nothing of an empty text, and a pass needs something to look at.
        nothing = {key: [int(key == "attention_mask")] for key in encoded}
        nothing["input_ids"] = [self._tokenizer.pad_token_id]
        return [row if row["input_ids"] else nothing for row in rows]

    def _split(self, lengths: list[int]) -> list[list[int]]:
        """Positions of the texts in passes, longest first, so that little is padding."""
        tokens = _CORE_TOKENS if self.device == "cpu" else self.batch_limits.tokens
        order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
        batches = []
        while order:
            size = max(1, tokens // lengths[order[0]])
            batches.append(order[:size])
            order = order[size:]
        return batches

    def _pass(self, rows: list[dict[str, list[int]]]) -> NDArray[np.float32]:
        import torch

        columns = {key: [row[key] for row in rows] for key in rows[0]}
        padded = self._tokenizer.pad(columns, padding=True, padding_side="right", return_tensors="pt")
        features = {key: tensor.to(self._model.device) for key, tensor in padded.items()}
        autocast = torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.precision == "bfloat16")
        with torch.inference_mode(), autocast:
            vectors = self._model(features)["sentence_embedding"][:, : self._model.truncate_dim]
        return np.asarray(vectors.float().cpu().numpy(), dtype=np.float32)

    def _halving(self, rows: list[dict[str, list[int]]]) -> NDArray[np.float32]:
        """One pass, or two halves of it where the memory of the graphics processor is too small."""
        import torch

        try:
            return self._pass(rows)
        except torch.OutOfMemoryError:
            # Left to the code below: as long as the error is handled, its frames hold the memory.
            pass
        if len(rows) == 1:
            raise EncoderError(
                f"a text of {len(rows[0]['input_ids']):,} tokens, too large for the memory of {self.device}",
                expected="room for one text at a time",
                do="free that memory, or use precision='bfloat16', a smaller max_tokens or device='cpu'",
            )
        torch.cuda.empty_cache()
        half = len(rows) // 2
        return np.concatenate([self._halving(rows[:half]), self._halving(rows[half:])])
