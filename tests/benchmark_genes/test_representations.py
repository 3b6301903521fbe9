"""What is scored: shapes, finite values, and what it refuses."""

import numpy as np
import pytest
from scipy import sparse

from genept import GeneTable
from genept.benchmark.representations import NotComputed, Representation, Vectors
from genept.errors import ArgumentError, EmbeddingsError, GeneNamesError

GENES = GeneTable(("CD3E", "LYZ", "NKG7"))


def test_dense_values_are_float32_and_read_only_and_the_callers_stay_writable() -> None:
    given = np.arange(6, dtype=np.float32).reshape(3, 2)
    made = Representation("mine", "control", GENES, given)
    assert isinstance(made.vectors, np.ndarray)
    assert made.vectors.dtype == np.float32
    assert not made.vectors.flags.writeable
    given[0, 0] = 1
    assert Representation("mine", "control", GENES, np.eye(3)).vectors.dtype == np.float32  # type: ignore[arg-type]


def test_sparse_values_stay_sparse() -> None:
    made = Representation("mine", "control", GENES, sparse.csr_array(np.eye(3)))
    assert isinstance(made.vectors, sparse.csr_array)
    assert made.vectors.dtype == np.float32
    assert (made.vectors.toarray() == np.eye(3)).all()


@pytest.mark.parametrize(
    "vectors", [np.eye(2), np.zeros(3), np.zeros((3, 0)), sparse.csr_array((2, 4), dtype=np.float32)]
)
def test_wrong_shapes(vectors: Vectors) -> None:
    with pytest.raises(EmbeddingsError, match="for 3 genes"):
        Representation("mine", "control", GENES, vectors)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
@pytest.mark.parametrize("make", [np.asarray, sparse.csr_array])
def test_values_that_are_not_finite_are_named_by_gene(bad: float, make: type[sparse.csr_array]) -> None:
    values = np.zeros((3, 2))
    values[1, 1] = bad
    with pytest.raises(EmbeddingsError, match="1 genes with a value that isn't finite: LYZ"):
        Representation("mine", "control", GENES, make(values))


def test_words_that_mean_nothing() -> None:
    ones = np.ones((3, 1), dtype=np.float32)
    with pytest.raises(ArgumentError, match="empty name"):
        Representation(" ", "control", GENES, ones)
    with pytest.raises(ArgumentError, match="kind 'other'"):
        Representation("mine", "other", GENES, ones)
    with pytest.raises(ArgumentError, match="svm"):
        Representation("mine", "control", GENES, ones, classifiers=("svm",))
    with pytest.raises(ArgumentError, match=r"\(none\)"):
        Representation("mine", "control", GENES, ones, classifiers=())
    with pytest.raises(GeneNamesError, match="LYZ"):
        Representation("mine", "control", GeneTable(("LYZ", "LYZ")), ones[:2])
    with pytest.raises(ArgumentError, match="without a reason"):
        NotComputed("mine", "control", "", " ")
