"""Gene families, by HGNC's gene groups."""

from pathlib import Path

import pytest

from genept.datasets import DATASETS
from genept.errors import MissingDataError
from genept.genes.families import gene_families

HGNC = (
    "symbol\tprev_symbol\talias_symbol\tgene_group_id\n"
    "A1\t\t\t1\n"
    "A2\tOLDA2\t\t1|2\n"
    "A3\t\t\t1\n"
    'B1\t\t"BEE|BUZZ"\t2\n'
    "C1\t\t\t\n"
)


def test_the_smallest_group_counts_and_others_are_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path))
    path = tmp_path / "data" / DATASETS["hgnc_complete_set"].path
    path.parent.mkdir(parents=True)
    path.write_text(HGNC)
    # A2 is of group 1, which has three genes, and of group 2, which has two.
    a1, old_a2, a3, buzz, c1, nobody = gene_families(["A1", "OLDA2", "A3", "BUZZ", "C1", "NOBODY"]).tolist()
    assert a1 == a3
    assert old_a2 == buzz
    assert len({a1, buzz, c1, nobody}) == 4


def test_without_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path))
    with pytest.raises(MissingDataError, match="hgnc_complete_set"):
        gene_families(["A1"])


@pytest.mark.realdata
def test_real_families(realdata: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path))
    upstream = DATASETS["hgnc_complete_set"].path
    path = tmp_path / "data" / upstream
    path.parent.mkdir(parents=True)
    path.write_bytes((realdata / "mirror" / upstream).read_bytes())
    cd3e, cd3d, hoxa1, hoxa2, lyz = gene_families(["CD3E", "CD3D", "HOXA1", "HOXA2", "LYZ"]).tolist()
    assert cd3e == cd3d
    assert hoxa1 == hoxa2
    assert len({cd3e, hoxa1, lyz}) == 3
