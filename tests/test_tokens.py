"""Tokens: counted by tiktoken where its vocabulary is there, else on the high side; cut between two."""

from pathlib import Path

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from genept.encoders.openai.tokens import Counted, Estimated, Tokens, _vocabulary, tokens
from genept.texts import StarterTexts

BYTES = {bytes([i]): i for i in range(256)}
MERGES = {
    merge: 256 + i for i, merge in enumerate([b"ge", b"ne", b"gene", b" p", b"ro", b" pro", "é".encode()])
}
COUNTED = Counted(
    tiktoken.Encoding(
        "tiny", pat_str=r"\S+|\s+", mergeable_ranks=BYTES | MERGES, special_tokens={"<end>": 999}
    )
)


@pytest.mark.parametrize("counter", [COUNTED, Estimated()])
@given(text=st.text(st.characters(codec="utf-8"), max_size=60), limit=st.integers(1, 40))
def test_what_is_cut_fits_and_is_the_beginning(counter: Tokens, text: str, limit: int) -> None:
    kept = counter.cut(text, limit)
    assert text.startswith(kept)
    assert counter.count([kept])[0] <= limit
    if counter.count([text])[0] <= limit and counter is COUNTED:
        assert kept == text


def test_counted_as_the_vocabulary_has_it() -> None:
    # A mark of the model in a text is only words there.
    assert COUNTED.count(["gene gene", "é", "<end>", ""]).tolist() == [3, 1, 5, 0]


def test_the_estimate_cuts_at_the_end_of_a_word() -> None:
    assert Estimated().cut("lysozyme cuts bacteria", 4) == "lysozyme cuts"
    long = StarterTexts().load().texts[0] * 20
    kept = Estimated().cut(long, 300)
    assert 150 < Estimated().count([kept])[0] <= 300


@pytest.mark.parametrize("content", [None, b"", b"half of it"])
def test_a_vocabulary_that_is_missing_or_damaged_is_not_fetched(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    if content is not None:
        _vocabulary().write_bytes(content)
    tokens.cache_clear()
    assert isinstance(tokens(), Estimated)
    tokens.cache_clear()
    assert content is None or _vocabulary().read_bytes() == content
