"""What every format of gene embeddings must pass."""

from pathlib import Path

import numpy as np
import pytest

from genept.embeddings.formats import EmbeddingFormat
from genept.errors import GeneptError


class EmbeddingFormatConformance:
    """Checks of the protocol :class:`genept.embeddings.formats.EmbeddingFormat`."""

    def make(self) -> EmbeddingFormat:
        """Make a new format of the kind under test."""
        raise NotImplementedError("say in your subclass how to make the format")

    def example(self, folder: Path) -> Path:
        """Write an example of the format into ``folder``, and return the file or folder to be read."""
        raise NotImplementedError("say in your subclass how to write an example")

    def test_says_what_it_is(self) -> None:
        """It has all that the protocol names, in words."""
        made = self.make()
        assert isinstance(made, EmbeddingFormat)
        for words in (made.name, made.title, made.origin, made.licence):
            assert words
            assert words == words.strip()

    def test_recognises_its_own_and_nothing_else(self, tmp_path: Path) -> None:
        """An example is recognised; what is no embeddings at all, or isn't there, isn't."""
        (tmp_path / "example").mkdir()
        assert self.make().recognises(self.example(tmp_path / "example"))
        (tmp_path / "empty").write_bytes(b"")
        (tmp_path / "folder").mkdir()
        (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 20)
        (tmp_path / "letter.txt").write_text("Dear colleague,\nplease find the vectors attached.\n")
        for other in ("empty", "folder", "noise.bin", "letter.txt", "not there"):
            assert not self.make().recognises(tmp_path / other), other

    def test_reads_names_and_vectors(self, tmp_path: Path) -> None:
        """One vector of numbers for each name, and the files that they came from."""
        read = self.make().read(self.example(tmp_path))
        assert len(read.names) == len(read.vectors) == len(read.aliases) > 0
        assert np.issubdtype(read.vectors.dtype, np.floating)
        assert read.files
        assert all(file.is_file() for file in read.files)
        assert all(isinstance(v, str) for v in [*read.provenance.values(), *read.left_out.values()])

    def test_same_again(self, tmp_path: Path) -> None:
        """Reading twice gives the same."""
        path = self.example(tmp_path)
        first, second = self.make().read(path), self.make().read(path)
        assert first.names == second.names
        np.testing.assert_array_equal(first.vectors, second.vectors)

    def test_what_is_cut_short_is_refused(self, tmp_path: Path) -> None:
        """A file cut in half gives an error of ours."""
        path = self.example(tmp_path)
        whole = self.make().read(path)
        for file in whole.files:
            content = file.read_bytes()
            file.write_bytes(content[: len(content) // 2])
            with pytest.raises(GeneptError):
                self.make().read(path)
            file.write_bytes(content)
