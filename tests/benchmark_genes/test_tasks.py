"""Tasks as data: forms in which labels come, descriptions, and the tasks that genept brings."""

import hashlib
import pickle
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest

from genept.benchmark.tasks import (
    GeneLabels,
    PairLabels,
    Task,
    choose_tasks,
    edge_task,
    gene_set_tasks,
    get_task,
    read_task,
    tasks,
)
from genept.datasets import DATASETS
from genept.errors import ArgumentError, InputFileError, UnknownNameError, ValuesError
from genept.testing import TaskConformance
from tests.file_server import serving

HEAD = """
title = "Mine"
version = "1"
source = "my notes"
licence = "CC0"
citation = "me"
metrics = ["roc_auc"]
classifiers = ["logistic_regression"]
"""


def task_of(folder: Path, labels: str, files: dict[str, str], head: str = HEAD) -> Task:
    for name, content in files.items():
        (folder / name).write_text(content)
    (folder / "mine.toml").write_text(f"{head}\n[labels]\n{labels}\n")
    return read_task(folder / "mine.toml")


def labelled(task: Task) -> dict[str, list[str]]:
    labels = task.load()
    assert isinstance(labels, GeneLabels)
    found: dict[str, list[str]] = {name: [] for name in labels.classes}
    for name, label in zip(labels.names, labels.labels, strict=True):
        found[labels.classes[label]].append(name)
    return found


def test_class_columns(tmp_path: Path) -> None:
    task = task_of(
        tmp_path,
        'form = "class_columns"\nfiles = ["a.csv"]\nclasses = { yes = "Y", no = "N" }',
        {"a.csv": "N,Y\nB,A\nNA,\nC,\n"},
    )
    # NA is a gene, an empty cell is none.
    assert labelled(task) == {"yes": ["A"], "no": ["B", "NA", "C"]}


def test_class_files(tmp_path: Path) -> None:
    task = task_of(
        tmp_path,
        'form = "class_files"\nfiles = ["a.txt", "b.txt"]\nclasses = ["yes", "no"]',
        {"a.txt": "A\nA\nB", "b.txt": "C\n\n"},
    )
    assert labelled(task) == {"yes": ["A", "A", "B"], "no": ["C"]}


CLASS_LISTS = 'form = "class_lists"\nfiles = ["a.{}"]\nclasses = {{ yes = "long", no = "short" }}'


def test_class_lists_as_a_table(tmp_path: Path) -> None:
    written = "gene_id,label\nlong,\"['A', 'B']\"\nshort,\"['C']\"\n"
    task = task_of(tmp_path, CLASS_LISTS.format("csv"), {"a.csv": written})
    assert labelled(task) == {"yes": ["A", "B"], "no": ["C"]}


def test_class_lists_pickled(tmp_path: Path) -> None:
    task = task_of(tmp_path, CLASS_LISTS.format("pickle"), {})
    (tmp_path / "a.pickle").write_bytes(pickle.dumps({"short": ["C"], "long": ["A", "B"]}))
    assert labelled(task) == {"yes": ["A", "B"], "no": ["C"]}


def test_a_written_list_is_not_executed(tmp_path: Path) -> None:
    evil = f"gene_id,label\nlong,\"open('{tmp_path}/evil', 'w')\"\nshort,\"['C']\"\n"
    with pytest.raises(InputFileError, match="no labels of mine"):
        task_of(tmp_path, CLASS_LISTS.format("csv"), {"a.csv": evil}).load()
    assert not (tmp_path / "evil").exists()


def test_labelled_rows(tmp_path: Path) -> None:
    said = 'form = "labelled_rows"\nfiles = ["a.csv"]\nname_column = {}\nclass_column = "type"\n'
    file = {"a.csv": ",name,type\n1,A,x\n2,NA,y\n3,B,nan\n4,,x\n5,C,x\n"}
    assert labelled(task_of(tmp_path, said.format('"name"') + 'no_class = ["nan"]', file)) == {
        "x": ["A", "C"],
        "y": ["NA"],
    }
    chosen = said.format(1) + 'classes = { first = "y", second = "x" }'
    assert labelled(task_of(tmp_path, chosen, file)) == {"first": ["NA"], "second": ["A", "C"]}


def test_pairs_in_parts(tmp_path: Path) -> None:
    names = [f"{part}_{kind}.txt" for part in ("train", "valid", "test") for kind in ("text", "label")]
    contents = ["A B\nNA C\n", "1\n0\n", "D E\n", "1\n", "F G\n", "0\n"]
    task = task_of(
        tmp_path, f'form = "pairs_in_parts"\nfiles = {names}', dict(zip(names, contents, strict=True))
    )
    labels = task.load()
    assert isinstance(labels, PairLabels)
    assert (labels.first, labels.second) == (("A", "NA", "D", "F"), ("B", "C", "E", "G"))
    assert labels.labels.tolist() == [1, 0, 1, 0]
    assert labels.part == ("train", "train", "valid", "test")


def test_edges_with_space_dates_and_other_networks(tmp_path: Path) -> None:
    task = task_of(
        tmp_path,
        'form = "edges"\nfiles = ["a.tsv", "s.tsv", "o.tsv"]\ncolumns = ["a", "b"]\nreported = 1\n'
        'space = { name = "gene", mark = "in" }\ndate_column = "date"\nlearn_before = "2013"',
        {
            "a.tsv": "\ta\tb\tdate\nx\tA\tB\t2012-05-04\ny\tA\tC\t2013-01-01\nz\tB\tC\t\n",
            "s.tsv": "gene\tin\nA\t1\nB\t0\nC\t1\n",
            "o.tsv": "A\tD\n",
        },
    )
    labels = task.load()
    assert isinstance(labels, PairLabels)
    assert list(zip(labels.first, labels.second, labels.part, strict=True)) == [
        ("A", "B", "train"),
        ("A", "C", "test"),
    ]
    assert (labels.space, labels.reported, labels.genes_recur) == (("A", "C"), (("A", "D"),), True)


@pytest.mark.parametrize(
    ("head", "labels", "said"),
    [
        (HEAD, 'form = "poem"\nfiles = ["a"]', "a form of class_columns"),
        (HEAD, 'form = "edges"', "needs files"),
        (HEAD.replace('title = "Mine"', ""), 'form = "edges"\nfiles = ["a"]', "title is missing"),
        (HEAD.replace('["roc_auc"]', '["f1"]'), 'form = "edges"\nfiles = ["a"]', "metrics must be some of"),
        (HEAD + 'colour = "red"\n', 'form = "edges"\nfiles = ["a"]', "colour isn't known"),
        (HEAD + "=", 'form = "edges"\nfiles = ["a"]', "describes no task"),
    ],
)
def test_descriptions_that_are_wrong(head: str, labels: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match=said):
        task_of(tmp_path, labels, {}, head)


def test_a_description_that_asks_for_what_the_reader_does_not_know(tmp_path: Path) -> None:
    task = task_of(tmp_path, 'form = "edges"\nfiles = ["a.tsv"]\ncolour = "red"', {"a.tsv": "A\tB\n"})
    with pytest.raises(InputFileError, match="colour"):
        task.load()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="is not there"):
        task_of(tmp_path, 'form = "edges"\nfiles = ["a.tsv"]', {}).load()


def test_labels_that_mean_nothing() -> None:
    with pytest.raises(ValuesError, match="one label"):
        GeneLabels(("A", "B"), np.array([0]), ("x", "y"))
    with pytest.raises(ValuesError, match="labels from 0 to 1"):
        GeneLabels(("A", "B"), np.array([0, 2]), ("x", "y"))
    with pytest.raises(ValuesError, match="a part named 'later'"):
        GeneLabels(("A", "B"), np.array([0, 1]), ("x", "y"), ("train", "later"))
    with pytest.raises(ValuesError, match="two genes for each pair"):
        PairLabels(("A", "B"), ("C",), np.array([0, 1]))


def test_unknown_tasks_and_names_that_stand_twice(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="no task named 'dosage'"):
        get_task("dosage")
    with pytest.raises(ArgumentError, match="two tasks named 'ggi'"):
        choose_tasks(["ggi", "ggi"])
    with pytest.raises(ArgumentError, match="one earlier file"):
        choose_tasks(later_gene_sets=tmp_path / "a.gmt")


def test_every_builtin_has_upstream_files_of_its_own() -> None:
    for name in tasks.names():
        task = get_task(name)
        described = task.labels  # type: ignore[attr-defined]
        assert len(described["files"]) == len(described["datasets"]), name
        assert all(data in DATASETS for data in described["datasets"]), name


def write_gmt(path: Path, sets: dict[str, list[str]]) -> Path:
    path.write_text("".join("\t".join([name, "said", *genes]) + "\n" for name, genes in sets.items()))
    return path


def test_gene_sets_become_tasks(tmp_path: Path) -> None:
    genes = [f"G{number}" for number in range(40)]
    path = write_gmt(tmp_path / "sets.gmt", {"first": genes[:20], "second": genes[10:], "small": genes[:3]})
    first, second = gene_set_tasks(path)
    assert (first.name, second.name) == ("sets:first", "sets:second")
    assert labelled(first) == {"first": genes[:20], "other": genes[20:]}
    assert labelled(second)["other"] == genes[:10]


def test_what_a_later_release_adds_is_tested(tmp_path: Path) -> None:
    genes = [f"G{number}" for number in range(400)]
    early = write_gmt(tmp_path / "a.gmt", {"first": genes[:20], "rest": genes[20:300]})
    late = write_gmt(tmp_path / "b.gmt", {"first": genes[:30], "rest": genes[30:]})
    (first, rest) = gene_set_tasks(early, later=late)
    labels = first.labels
    assert isinstance(labels, GeneLabels)
    part = dict(zip(labels.names, labels.part, strict=True))
    positive = {name for name, label in zip(labels.names, labels.labels, strict=True) if label == 0}
    assert positive == set(genes[:30])
    assert {name for name in positive if part[name] == "test"} == set(genes[20:30])
    negatives = set(labels.names) - positive
    tested = {name for name in negatives if part[name] == "test"}
    assert 0.1 < len(tested) / len(negatives) < 0.3
    assert rest.name == "a:rest"
    assert rest.version.count("sha256 ") == 2


def test_gene_sets_that_are_too_small(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="no set"):
        gene_set_tasks(write_gmt(tmp_path / "a.gmt", {"first": ["A", "B"]}))


def test_an_edge_list_becomes_a_task(tmp_path: Path) -> None:
    (tmp_path / "net.tsv").write_text("1\t2\t0.5\n2\t3\t0.9\n")
    task = edge_task(tmp_path / "net.tsv")
    assert task.name == "net"
    # All that tells one state of a user's own file from another.
    assert task.version == "sha256 " + hashlib.sha256(b"1\t2\t0.5\n2\t3\t0.9\n").hexdigest()[:12]
    assert isinstance(task.labels, PairLabels)
    assert task.labels.first == ("1", "2")
    (tmp_path / "bad.tsv").write_text("only one column\n")
    with pytest.raises(InputFileError, match="edge list"):
        edge_task(tmp_path / "bad.tsv")


class TestDescribed(TaskConformance):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def make(self) -> Task:
        return task_of(
            self.folder,
            'form = "class_files"\nfiles = ["a.txt", "b.txt"]\nclasses = ["yes", "no"]',
            {"a.txt": "A\nB\n", "b.txt": "C\n"},
        )


# What the files held when these lines were written, counted by hand: rows, and rows of each class.
COUNTS = {
    "dosage_sensitivity": [122, 368],
    "bivalent_vs_non_methylated": [107, 42],
    "bivalent_vs_lys4_only": [107, 80],
    "bivalent_vs_lys4_only_genomewide": [2602, 7213],
    "tf_range_chen": [49, 11],
    "tf_range_geneformer": [46, 130],
    "n1_network": [100, 195],
    "n1_targets": [570, 570],
}


@pytest.mark.realdata
@pytest.mark.parametrize("name", sorted(COUNTS))
def test_real_labels(name: str, realdata: Path) -> None:
    assert np.bincount(get_task(name).load(realdata / "tasks").labels).tolist() == COUNTS[name]


@pytest.mark.realdata
def test_real_pairs(realdata: Path) -> None:
    labels = get_task("ggi").load(realdata / "tasks")
    parts, sizes = np.unique(labels.part, return_counts=True)
    assert dict(zip(parts.tolist(), sizes.tolist(), strict=True)) == {
        "train": 263_016,
        "valid": 5_568,
        "test": 21_448,
    }
    assert isinstance(labels, PairLabels)
    assert sum("NA" in pair for pair in zip(labels.first, labels.second, strict=True)) == 209
    huri = get_task("ppi_huri").load(realdata / "tasks")
    assert isinstance(huri, PairLabels)
    assert (len(huri), len(huri.space), len(huri.reported)) == (52_569, 17_408, 64_006 + 13_441)


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["dosage_sensitivity", "tf_range_chen", "functional_class", "ppi_lit_bm"])
def test_fetched_from_a_server(
    name: str, realdata: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "cache"))
    paths = [DATASETS[data].path for data in get_task(name).labels["datasets"]]  # type: ignore[attr-defined]
    with serving({"/" + quote(path): (realdata / path).read_bytes() for path in paths}) as server:
        monkeypatch.setenv("GENEPT_MIRROR", server.url)
        fetched = get_task(name).load()
    assert np.array_equal(fetched.labels, get_task(name).load(realdata / "tasks").labels)
