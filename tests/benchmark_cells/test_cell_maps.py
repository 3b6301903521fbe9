"""Maps of cells: one of the first embedding and one of PCA for each labelled data set, the same again."""

from pathlib import Path

import pytest

from genept.benchmark.cells import cell_maps
from genept.benchmark.cells.cell_maps import draw_cell_maps
from genept.benchmark.cells.score_cells import make_sets
from genept.benchmark.cells.vectors import Requested
from tests.benchmark_cells.cells import labelled, make_cells, make_genes


@pytest.mark.slow
def test_labelled_sets_are_drawn_and_again_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell_maps, "MOST_CELLS", 50)
    cells = [
        labelled(make_cells(), name="first", label="type"),
        labelled(make_cells(), name="no labels", sample="donor", condition="state"),
    ]
    scored = make_sets(cells, Requested({"mine": make_genes()}, methods=("w",)))
    drawn = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        draw_cell_maps(folder, scored, rng=0)
        drawn.append({path.name: path.read_bytes() for path in (folder / "umap").iterdir()})
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 2
    assert all(name.startswith("first.") for name in drawn[0])
    assert sum("PCA" in name for name in drawn[0]) == 1
