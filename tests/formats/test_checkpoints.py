"""Gene embeddings of model checkpoints: what each release holds is what comes in."""

import json
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
import torch

from genept.embeddings.formats.checkpoint import load_tensor
from genept.embeddings.formats.geneformer import Geneformer
from genept.embeddings.formats.safetensors_file import SafetensorsFile, write_safetensors
from genept.embeddings.formats.scbert import ScBERT
from genept.embeddings.formats.scfoundation import ScFoundation
from genept.embeddings.formats.scgpt import ScGPT
from genept.errors import ArgumentError, EmbeddingsError, InputFileError, MissingDependencyError
from genept.testing import EmbeddingFormatConformance
from tests.formats import model_folders as write
from tests.formats.model_folders import SYMBOLS, TOKENS, matrix, tensor

VOCABULARY = {name: row for row, name in enumerate((*SYMBOLS, "<pad>", "<cls>", "<eoc>"))}


class TestSafetensors(EmbeddingFormatConformance):
    def make(self) -> SafetensorsFile:
        return SafetensorsFile()

    def example(self, folder: Path) -> Path:
        write_safetensors(folder / "genes.safetensors", SYMBOLS, matrix(14), {"encoder": "test"})
        return folder / "genes.safetensors"


class TestGeneformer(EmbeddingFormatConformance):
    def make(self) -> Geneformer:
        return Geneformer()

    def example(self, folder: Path) -> Path:
        write.write_dictionary(folder / "token_dictionary.pkl")
        return write.geneformer(folder, matrix(16))


class TestScGPT(EmbeddingFormatConformance):
    def make(self) -> ScGPT:
        return ScGPT()

    def example(self, folder: Path) -> Path:
        return write.scgpt(folder, matrix(17), VOCABULARY)


class TestScFoundation(EmbeddingFormatConformance):
    def make(self) -> ScFoundation:
        return ScFoundation()

    def example(self, folder: Path) -> Path:
        return write.scfoundation(folder, matrix(17), write.index_of(SYMBOLS))


class TestScBERT(EmbeddingFormatConformance):
    def make(self) -> ScBERT:
        return ScBERT()

    def example(self, folder: Path) -> Path:
        np.save(folder / "gene2vec_16906.npy", matrix(14).astype(np.float64))
        (folder / "genes.txt").write_text("\n".join(SYMBOLS) + "\n")
        return folder


class TestScBERTCheckpoint(TestScBERT):
    def example(self, folder: Path) -> Path:
        (folder / "genes.txt").write_text("\n".join(SYMBOLS) + "\n")
        write.scbert_checkpoint(folder / "panglao_pretrain.pth", matrix(14))
        return folder


@pytest.mark.parametrize("content", [b"", b"LYZ\t1\t2\n", b"\x93NUMPY\x01\0"])
def test_a_name_alone_makes_no_scbert(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "gene2vec_16906.npy"
    path.write_bytes(content)
    assert not ScBERT().recognises(path)
    np.save(path, np.arange(3))
    assert not ScBERT().recognises(path)


@pytest.mark.parametrize("layout", ["safetensors", "zip", "legacy"])
def test_geneformer_takes_each_gene_by_its_token(tmp_path: Path, layout: str) -> None:
    shuffled = [TOKENS[row] for row in np.random.default_rng(3).permutation(16)]
    write.write_dictionary(tmp_path / "token_dictionary.pkl", shuffled)
    vectors = matrix(16)
    folder = write.geneformer(tmp_path, vectors, layout=layout)
    assert Geneformer().recognises(folder)
    read = Geneformer().read(folder)
    assert set(read.names) == set(TOKENS[4:])
    assert set(read.left_out) == set(TOKENS[:4])
    for name, vector in zip(read.names, read.vectors, strict=True):
        np.testing.assert_array_equal(vector, vectors[shuffled.index(name)])


def test_geneformer_finds_the_dictionary_that_fits_in_the_authors_repository(tmp_path: Path) -> None:
    model, package = tmp_path / "gf-12L-30M", tmp_path / "geneformer"
    (package / "gene_dictionaries_30m").mkdir(parents=True)
    model.mkdir()
    write.write_dictionary(package / "token_dictionary_gc95M.pkl", TOKENS[:-2])
    right = write.write_dictionary(package / "gene_dictionaries_30m" / "token_dictionary_gc30M.pkl")
    write.geneformer(model, matrix(16))
    assert Geneformer().read(model).files[1] == right
    assert Geneformer().read(model / "model.safetensors").files[1] == right


def test_geneformer_reads_a_model_without_prefix_and_the_dictionary_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    safetensors.torch.save_file(
        {"embeddings.word_embeddings.weight": tensor(matrix(16))}, tmp_path / "model" / "model.safetensors"
    )
    said = write.write_dictionary(tmp_path / "tokens.pkl")
    with pytest.raises(EmbeddingsError, match="none was found"):
        Geneformer().read(tmp_path / "model")
    assert not Geneformer().recognises(tmp_path / "model")
    assert Geneformer(str(said)).recognises(tmp_path / "model")
    np.testing.assert_array_equal(Geneformer(str(said)).read(tmp_path / "model").vectors, matrix(16)[4:])


def test_geneformer_refuses_a_dictionary_of_another_model(tmp_path: Path) -> None:
    write.write_dictionary(tmp_path / "token_dictionary.pkl", TOKENS[:-1])
    folder = write.geneformer(tmp_path, matrix(16))
    with pytest.raises(EmbeddingsError, match=r"16 rows.*token_dictionary.pkl has 15 tokens"):
        Geneformer().read(folder)
    (tmp_path / "token_dictionary.pkl").write_bytes(pickle.dumps([1, 2]))
    with pytest.raises(EmbeddingsError, match="Ensembl id to row"):
        Geneformer().read(folder)


def test_geneformer_refuses_to_choose_between_two_that_fit(tmp_path: Path) -> None:
    write.write_dictionary(tmp_path / "token_dictionary_a.pkl")
    write.write_dictionary(tmp_path / "token_dictionary_b.pkl", TOKENS[::-1])
    with pytest.raises(EmbeddingsError, match="2 different dictionaries"):
        Geneformer().read(write.geneformer(tmp_path, matrix(16)))


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("dictionary", "rows", "special"),
    [
        ("geneformer_30M/token_dictionary.pkl", 25_426, 2),
        ("geneformer_gc95M/token_dictionary_gc95M.pkl", 20_275, 4),
    ],
)
def test_geneformer_reads_the_real_dictionaries(
    tmp_path: Path, realdata: Path, dictionary: str, rows: int, special: int
) -> None:
    path = realdata / "embeddings" / dictionary
    tokens = pickle.loads(path.read_bytes())
    vectors = matrix(rows)
    folder = write.geneformer(tmp_path, vectors)
    assert Geneformer().recognises(folder)
    read = Geneformer(str(path)).read(folder)
    assert len(read.names) == rows - special
    assert len(read.left_out) == special
    np.testing.assert_array_equal(read.vectors, vectors[[int(tokens[name]) for name in read.names]])


@pytest.mark.realdata
def test_geneformer_says_which_real_dictionary_belongs(tmp_path: Path, realdata: Path) -> None:
    path = realdata / "embeddings" / "geneformer_gc95M" / "token_dictionary_gc95M.pkl"
    with pytest.raises(EmbeddingsError, match=r"25,426 rows.*20,275 tokens.*30M"):
        Geneformer(str(path)).read(write.geneformer(tmp_path, matrix(25_426, 2)))


@pytest.mark.parametrize("zipped", [True, False])
def test_scgpt_takes_each_gene_by_its_vocabulary(tmp_path: Path, zipped: bool) -> None:
    vectors = matrix(17)
    folder = write.scgpt(tmp_path, vectors, dict(reversed(VOCABULARY.items())), zipped=zipped)
    assert ScGPT().recognises(folder)
    assert ScGPT().recognises(folder / "best_model.pt")
    read = ScGPT().read(folder)
    assert read.names == SYMBOLS
    assert set(read.left_out) == {"<pad>", "<cls>", "<eoc>"}
    np.testing.assert_array_equal(read.vectors, vectors[:14])


def test_scgpt_appends_the_special_tokens_that_a_vocabulary_lacks(tmp_path: Path) -> None:
    vocabulary = {name: row for name, row in VOCABULARY.items() if row < 15}
    read = ScGPT().read(write.scgpt(tmp_path, matrix(17), vocabulary))
    assert read.names == SYMBOLS
    assert len(read.left_out) == 3


@pytest.mark.parametrize(
    ("vocabulary", "says"),
    [
        (json.dumps({"A": 0, "B": 1}), "2 names.*17 rows"),
        (json.dumps({**VOCABULARY, "GENE3": 2}), "both in row 2"),
        (json.dumps({**VOCABULARY, "GENE3": 17}), "'GENE3' in row 17"),
        (json.dumps({**VOCABULARY, "GENE3": -1}), "'GENE3' in row -1"),
        (json.dumps({**VOCABULARY, "GENE3": 3.0}), "'GENE3' in row 3.0"),
        (json.dumps({**VOCABULARY, "GENE3": True}), "'GENE3' in row True"),
        (json.dumps(VOCABULARY).replace("GENE3", "GENE4"), "'GENE4' twice"),
        (json.dumps(VOCABULARY).replace("GENE3", " "), "the name ' '"),
        (json.dumps(["GENE1"]), "no JSON object"),
        ("[" * 100_000, "can't be read"),
    ],
)
def test_scgpt_refuses_a_wrong_vocabulary(tmp_path: Path, vocabulary: str, says: str) -> None:
    folder = write.scgpt(tmp_path, matrix(17), VOCABULARY)
    (folder / "vocab.json").write_text(vocabulary)
    with pytest.raises((EmbeddingsError, InputFileError), match=says):
        ScGPT().read(folder)


def test_scgpt_refuses_arguments_of_another_model(tmp_path: Path) -> None:
    folder = write.scgpt(tmp_path, matrix(17), VOCABULARY)
    (folder / "args.json").write_text('{"embsize": 512, "nested": {"a": 1}}')
    with pytest.raises(EmbeddingsError, match="embsize 512, and the vectors have 6"):
        ScGPT().read(folder)
    (folder / "args.json").unlink()
    assert len(ScGPT().read(folder).files) == 2


@pytest.mark.realdata
def test_scgpt_reads_the_real_vocabulary(tmp_path: Path, realdata: Path) -> None:
    vocabulary = json.loads((realdata / "embeddings" / "scgpt" / "vocab.json").read_text())
    vectors = matrix(60_697, 3)
    read = ScGPT().read(write.scgpt(tmp_path, vectors, vocabulary))
    assert len(read.names) == 60_694
    assert set(read.left_out) == {"<pad>", "<cls>", "<eoc>"}
    np.testing.assert_array_equal(read.vectors, vectors[[vocabulary[name] for name in read.names]])


@pytest.mark.parametrize("further", [0, 3])
def test_scfoundation_takes_the_gene_model_and_leaves_out_what_is_no_gene(
    tmp_path: Path, further: int
) -> None:
    # T is also what a symbol can be, and stays in.
    names = ("T", *SYMBOLS[1:])
    vectors = matrix(14 + further)
    read = ScFoundation().read(write.scfoundation(tmp_path, vectors, write.index_of(names)))
    assert read.names == names
    assert len(read.left_out) == further
    np.testing.assert_array_equal(read.vectors, vectors[:14])


def test_scfoundation_finds_the_index_above_the_folder_of_weights(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    folder = write.scfoundation(tmp_path / "models", matrix(17), "")
    (folder / write.INDEX).replace(tmp_path / write.INDEX)
    (tmp_path / write.INDEX).write_text(write.index_of(SYMBOLS))
    assert ScFoundation().recognises(folder)
    assert ScFoundation().read(folder).names == SYMBOLS


@pytest.mark.parametrize(
    ("index", "says"),
    [
        (write.index_of(SYMBOLS[:-1]), "13 genes.*17 rows"),
        (write.index_of(SYMBOLS).replace("GENE3\t", "GENE4\t"), "'GENE4' twice"),
        (write.index_of(SYMBOLS).replace("\t5", "\t6"), "both in row 6"),
        (write.index_of(SYMBOLS).replace("\t5", "\tfive"), "can't be read"),
        (write.index_of(SYMBOLS).replace("gene_name", "symbol"), "can't be read"),
    ],
)
def test_scfoundation_refuses_a_wrong_index(tmp_path: Path, index: str, says: str) -> None:
    with pytest.raises((EmbeddingsError, InputFileError), match=says):
        ScFoundation().read(write.scfoundation(tmp_path, matrix(17), index))


@pytest.mark.realdata
def test_scfoundation_reads_the_real_index(tmp_path: Path, realdata: Path) -> None:
    index = (realdata / "embeddings" / "scfoundation" / write.INDEX).read_text()
    vectors = matrix(19_267, 3)
    read = ScFoundation().read(write.scfoundation(tmp_path, vectors, index))
    assert (len(read.names), read.names[0], read.names[-1]) == (19_264, "A1BG", "ZZZ3")
    np.testing.assert_array_equal(read.vectors, vectors[:19_264])


@pytest.mark.parametrize("zipped", [True, False])
def test_scbert_checkpoint_leaves_out_the_appended_zeros(tmp_path: Path, zipped: bool) -> None:
    path = write.scbert_checkpoint(tmp_path / "finetuned_best.pth", matrix(14), zipped=zipped)
    (tmp_path / "names.csv").write_text("\n".join(SYMBOLS))
    assert ScBERT().recognises(path)
    read = ScBERT().read(path)
    assert read.names == SYMBOLS
    assert set(read.left_out) == {"row 14"}
    np.testing.assert_array_equal(read.vectors, matrix(14))


def test_scbert_takes_the_list_it_is_told(tmp_path: Path) -> None:
    folder = TestScBERT().example(tmp_path)
    (folder / "readme.txt").write_text("genes in the order of panglao")
    with pytest.raises(InputFileError, match="2 lists of genes"):
        ScBERT().read(folder)
    assert ScBERT(str(folder / "genes.txt")).read(folder).names == SYMBOLS
    with pytest.raises(EmbeddingsError, match=r"1 names.*14 rows"):
        ScBERT(str(folder / "readme.txt")).read(folder)
    with pytest.raises(InputFileError, match="nowhere"):
        ScBERT(str(folder / "nowhere.txt")).read(folder)


def test_scbert_refuses_arrays_that_hold_objects_or_claim_too_much(tmp_path: Path) -> None:
    folder = TestScBERT().example(tmp_path)
    npy = folder / "gene2vec_16906.npy"
    for described, shape, says in (
        ("<f8", (14 * 10**9, 6), "can't be read"),
        ("|O", (14, 6), "can't be read"),
    ):
        with npy.open("wb") as file:
            header = {"descr": described, "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file, header)
            file.write(b"\0" * 14 * 6 * 8)
        with pytest.raises(InputFileError, match=says):
            ScBERT().read(folder)
    np.save(npy, np.ones((14, 6), dtype=np.int64))
    with pytest.raises(InputFileError, match="no matrix of floats"):
        ScBERT().read(folder)


def test_a_key_is_found_through_wrappers_and_prefixes(tmp_path: Path) -> None:
    state = {"optimizer": {"lr": 0.1}, "model_state_dict": {"module.bert.word.weight": tensor(matrix(3))}}
    path = write.save_torch(tmp_path / "a.pt", state)
    np.testing.assert_array_equal(load_tensor(path, ["bert.word.weight"]), matrix(3))
    np.testing.assert_array_equal(load_tensor(path, ["no.such", "word.weight"]), matrix(3))
    with pytest.raises(InputFileError, match=r"no tensor ord\.weight"):
        load_tensor(path, ["ord.weight"])


def test_a_key_that_fits_two_tensors_is_an_error(tmp_path: Path) -> None:
    state = {"model": {"a.weight": torch.ones(2, 2)}, "ema": {"a.weight": torch.zeros(2, 2)}}
    with pytest.raises(InputFileError, match=r"2 tensors that end with a\.weight"):
        load_tensor(write.save_torch(tmp_path / "a.pt", state), ["a.weight"])
    assert load_tensor(tmp_path / "a.pt", ["ema.a.weight"]).sum() == 0


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32, torch.float64])
def test_narrow_numbers_become_float32_exactly(tmp_path: Path, suffix: str, dtype: torch.dtype) -> None:
    values = tensor(matrix(5)).to(dtype)
    path = tmp_path / f"a{suffix}"
    if suffix == ".pt":
        write.save_torch(path, {"a": values})
    else:
        safetensors.torch.save_file({"a": values, "b": torch.ones(3)}, path)
    read = load_tensor(path, ["a"])
    assert read.dtype == (np.float64 if dtype == torch.float64 else np.float32)
    np.testing.assert_array_equal(read, values.double().numpy())


def test_safetensors_files_come_back_as_they_went(tmp_path: Path) -> None:
    path = tmp_path / "genes.safetensors"
    strided = matrix(14, 12)[:, ::2]
    write_safetensors(path, ["NA", "β-gene", *SYMBOLS[2:]], strided, {"encoder": "ä"})
    read = SafetensorsFile().read(path)
    assert read.names[:2] == ("NA", "β-gene")
    assert read.provenance == {"encoder": "ä"}
    np.testing.assert_array_equal(read.vectors, strided)
    assert set(safetensors.numpy.load_file(path)) == {"vectors"}
    with pytest.raises(ArgumentError):
        write_safetensors(path, SYMBOLS, matrix(14), {"genes": "x"})
    with pytest.raises(EmbeddingsError, match="14 names"):
        write_safetensors(path, SYMBOLS, matrix(13), {})
    with pytest.raises(EmbeddingsError, match="'A' twice"):
        write_safetensors(path, ["A", "A"], matrix(2), {})
    assert SafetensorsFile().read(path).names[0] == "NA"


@pytest.mark.parametrize(
    ("tensors", "metadata", "says"),
    [
        ({"a": matrix(2), "b": matrix(2)}, {"genes": '["A", "B"]'}, "has 2 matrices"),
        ({"a": np.ones((2, 2), dtype=np.int64)}, {"genes": '["A", "B"]'}, "has 0 matrices"),
        ({"a": matrix(2)}, {}, "no list of genes"),
        ({"a": matrix(2)}, {"genes": "A, B"}, "no list of genes"),
        ({"a": matrix(2)}, {"genes": '{"A": 0}'}, "no list"),
        ({"a": matrix(2)}, {"genes": '["A"]'}, "1 names"),
        ({"a": matrix(2)}, {"genes": '["A", 5]'}, "the name 5"),
        ({"a": matrix(2)}, {"genes": '["A", "A"]'}, "'A' twice"),
        ({"a": matrix(2)}, {"genes": "[" * 100_000}, "no list of genes"),
    ],
)
def test_safetensors_that_lack_a_part_are_refused(
    tmp_path: Path, tensors: dict[str, np.ndarray], metadata: dict[str, str], says: str
) -> None:
    safetensors.numpy.save_file(tensors, tmp_path / "a.safetensors", metadata=metadata)
    with pytest.raises((EmbeddingsError, InputFileError), match=says):
        SafetensorsFile().read(tmp_path / "a.safetensors")


def test_what_isnt_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch_folder = write.scgpt(tmp_path, matrix(17), VOCABULARY)
    monkeypatch.setitem(sys.modules, "torch", None)
    assert ScGPT().recognises(torch_folder)
    with pytest.raises(MissingDependencyError, match=r"genept\[local\]"):
        ScGPT().read(torch_folder)


@pytest.mark.parametrize("make", [Geneformer, ScGPT, ScFoundation, ScBERT])
def test_a_folder_without_weights_is_an_error(
    tmp_path: Path, make: type[Geneformer] | type[ScGPT] | type[ScFoundation] | type[ScBERT]
) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        assert not make().recognises(path)
        with pytest.raises(InputFileError):
            make().read(path)


def test_a_header_in_scberts_list_does_not_shift_the_genes(tmp_path: Path) -> None:
    """With the row of zeros that a checkpoint has, the counts would agree."""
    vectors = np.array([[1, 1], [2, 2], [3, 3], [0, 0]], dtype=np.float32)
    np.save(tmp_path / "gene2vec_16906.npy", vectors)
    (tmp_path / "genes.txt").write_text("gene\nLYZ\nCD3E\nNKG7\n")
    with pytest.raises(EmbeddingsError, match="4 names"):
        ScBERT().read(tmp_path)
    (tmp_path / "genes.txt").write_text("LYZ\nCD3E\nNKG7\n")
    assert ScBERT().read(tmp_path).names == ("LYZ", "CD3E", "NKG7")
