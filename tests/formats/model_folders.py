"""Model folders in the layouts of their releases, written small."""

import json
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
BERT_KEY = "bert.embeddings.word_embeddings.weight"
INDEX = "OS_scRNA_gene_index.19264.tsv"
TOKENS = ("<pad>", "<mask>", "<cls>", "<eos>", *(f"ENSG{row:011}" for row in range(12)))
SYMBOLS = tuple(f"GENE{row}" for row in range(14))


def matrix(rows: int, width: int = 6, seed: int = 0) -> Matrix:
    return np.random.default_rng(seed).normal(size=(rows, width)).astype(np.float32)


def save_torch(path: Path, state: Mapping[str, Any], *, zipped: bool = True) -> Path:
    torch.save(state, path, _use_new_zipfile_serialization=zipped)
    return path


def tensor(values: NDArray[Any]) -> torch.Tensor:
    return torch.from_numpy(values.copy())


def write_dictionary(path: Path, tokens: Sequence[str] = TOKENS) -> Path:
    """Geneformer's dictionary: the numbers of special tokens are Python's, of genes NumPy's (as in 30M)."""
    rows: dict[str, Any] = {
        token: row if token.startswith("<") else np.int16(row) for row, token in enumerate(tokens)
    }
    path.write_bytes(pickle.dumps(rows, protocol=4))
    return path


def geneformer(folder: Path, vectors: Matrix, *, layout: str = "safetensors") -> Path:
    """``transformers``' folder, with the tensors of a BertForMaskedLM around the one that counts."""
    state = {
        "bert.embeddings.position_embeddings.weight": tensor(matrix(9, seed=7)),
        BERT_KEY: tensor(vectors),
        "cls.predictions.bias": torch.zeros(len(vectors)),
    }
    if layout == "safetensors":
        safetensors.torch.save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    else:
        save_torch(folder / "pytorch_model.bin", state, zipped=layout == "zip")
    return folder


def scgpt(folder: Path, vectors: Matrix, vocabulary: Mapping[str, int], *, zipped: bool = True) -> Path:
    state = {
        "encoder.embedding.weight": tensor(vectors),
        "encoder.enc_norm.weight": torch.ones(vectors.shape[1]),
        "value_encoder.linear1.weight": torch.ones(vectors.shape[1], 1),
    }
    save_torch(folder / "best_model.pt", state, zipped=zipped)
    (folder / "vocab.json").write_text(json.dumps(vocabulary, indent=2))
    (folder / "args.json").write_text(json.dumps({"embsize": vectors.shape[1], "nheads": 8, "n_bins": 51}))
    return folder


def scfoundation(folder: Path, vectors: Matrix, index: str) -> Path:
    """Three models in one file, each with its own ``pos_emb`` and config."""
    models = {}
    for number, model in enumerate(("cell", "rde", "gene")):
        values = vectors if model == "gene" else matrix(len(vectors), vectors.shape[1], seed=100 + number)
        models[model] = {
            "config": {"model": "mae_autobin", "dataset_config": {"rnaseq": {"seq_len": len(vectors) - 1}}},
            "state_dict": {"model.pos_emb.weight": tensor(values), "model.norm.weight": torch.ones(4)},
        }
    save_torch(folder / "models.ckpt", models)
    (folder / INDEX).write_text(index)
    return folder


def index_of(names: Sequence[str]) -> str:
    return "gene_name\tindex\n" + "".join(f"{name}\t{row}\n" for row, name in enumerate(names))


def scbert_checkpoint(path: Path, vectors: Matrix, *, zipped: bool = True) -> Path:
    """``from_numpy`` of float64 vectors with a row of zeros appended, as scBERT's class makes it."""
    appended = np.vstack([vectors, np.zeros((1, vectors.shape[1]))])
    state = {
        "token_emb.weight": torch.ones(7, vectors.shape[1]),
        "pos_emb.emb.weight": tensor(appended),
        "performer.net.layers.0.0.norm.weight": torch.ones(4),
    }
    return save_torch(path, {"epoch": 3, "model_state_dict": state, "losses": 0.5}, zipped=zipped)
