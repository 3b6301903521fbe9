"""The sample data set."""

import logging
import subprocess
import sys

import numpy as np
import pytest

import genept
from genept.datasets import DATASETS
from genept.errors import MissingDependencyError


def test_pbmc68k_reduced_is_what_it_says() -> None:
    adata = genept.datasets.pbmc68k_reduced()
    assert adata.shape == (700, 765)
    assert adata.X.min() == 0
    assert adata.obs["bulk_labels"].nunique() == 10
    assert adata.obsm["X_pca"].shape == (700, 50)
    assert not np.array_equal(adata.X.data, np.rint(adata.X.data))


def test_it_is_read_without_importing_scanpy() -> None:
    code = "import genept, sys; genept.datasets.pbmc68k_reduced(); assert 'scanpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_scanpy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genept.datasets.pbmc68k.find_spec", lambda _name: None)
    with pytest.raises(MissingDependencyError, match=r"genept\[plot\]"):
        genept.datasets.pbmc68k_reduced()


def test_the_file_is_the_one_it_was_tested_with(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="genept"):
        genept.datasets.pbmc68k_reduced()
    assert caplog.records == []


def test_every_data_set_has_licence_and_citation() -> None:
    for name, dataset in DATASETS.items():
        assert name == dataset.name
        assert dataset.licence
        assert dataset.citation
        assert dataset.path or dataset.checksum
