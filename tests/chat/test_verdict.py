"""Answers about clusters are read strictly: anything else has a reason, and is never a guess."""

import json
from typing import Any

import pytest

from genept.annotation.chat.verdict import Verdict, read_verdict
from genept.remote.chat import UnusableError

GIVEN = ("CD79A", "MS4A1", "CD79B")
SAID: dict[str, Any] = {
    "cell_type": "B cell",
    "cell_ontology_id": "CL:0000236",
    "confidence": "high",
    "markers": ["MS4A1", "CD79A"],
    "reason": "They belong to the receptor of B cells.",
}
READ = Verdict("B cell", "CL:0000236", "high", ("MS4A1", "CD79A"), (), SAID["reason"])


@pytest.mark.parametrize("form", ["{}", "  \n{}\n", "```json\n{}\n```", "```\n{}```", "\n ```JSON {} ``` \n"])
def test_json_plain_or_in_a_fence(form: str) -> None:
    assert read_verdict(form.replace("{}", json.dumps(SAID)), GIVEN) == READ


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"cell_ontology_id": None}, "cell_ontology_id", ""),
        ({"cell_ontology_id": ""}, "cell_ontology_id", ""),
        ({"confidence": "Low"}, "confidence", "low"),
        ({"cell_type": " CD14+\nmonocyte "}, "cell_type", "CD14+ monocyte"),
        ({"cell_type": "unknown", "markers": []}, "cell_type", None),
        ({"cell_type": "Unknown cell type.", "markers": []}, "cell_type", None),
        ({"cell_type": "unassigned", "markers": []}, "cell_type", None),
        ({"markers": ["ms4a1", "MS4A1", "Cd79b"]}, "markers", ("MS4A1", "CD79B")),
        ({"markers": ["MS4A1", "CD19", "PAX5", "CD19"]}, "not_given", ("CD19", "PAX5")),
    ],
)
def test_what_may_be_said(change: dict[str, Any], field: str, value: object) -> None:
    assert getattr(read_verdict(json.dumps(SAID | change), GIVEN), field) == value


def test_the_id_may_be_left_out() -> None:
    said = {key: value for key, value in SAID.items() if key != "cell_ontology_id"}
    assert read_verdict(json.dumps(said), GIVEN).cell_ontology_id == ""


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"cell_type": ""}, "no words as its cell_type"),
        ({"cell_type": ["B cell"]}, "no words as its cell_type"),
        ({"cell_type": "?"}, "no name"),
        ({"cell_type": "It could be a B cell " * 6}, "no name"),
        ({"confidence": "certain"}, "confidence that isn't low, medium, high"),
        ({"confidence": 0.9}, "no words as its confidence"),
        ({"cell_ontology_id": "CL:236"}, "cell_ontology_id that is none"),
        ({"cell_ontology_id": 236}, "cell_ontology_id that is none"),
        ({"markers": "MS4A1"}, "no list of genes"),
        ({"markers": [1]}, "no list of genes"),
        ({"markers": []}, "none of the markers"),
        ({"markers": ["LYZ", "S100A8"]}, "none of the markers"),
        ({"reason": None}, "no words as its reason"),
        ({"comment": "hm"}, "keys that weren't asked for: comment"),
    ],
)
def test_what_may_not_be_said(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnusableError, match=reason):
        read_verdict(json.dumps(SAID | change), GIVEN)


@pytest.mark.parametrize("key", ["cell_type", "confidence", "markers", "reason"])
def test_what_must_be_said(key: str) -> None:
    with pytest.raises(UnusableError, match=f"has no {key}"):
        read_verdict(json.dumps({name: value for name, value in SAID.items() if name != key}), GIVEN)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("B cell", "no JSON"),
        ("These are B cells: " + json.dumps(SAID), "no JSON"),
        (json.dumps(SAID)[:-5], "no JSON"),
        (json.dumps([SAID]), "no JSON object"),
        (json.dumps(SAID) + json.dumps(SAID), "no JSON"),
        (json.dumps(SAID)[:-1] + ', "cell_type": "T cell"}', "a key twice"),
        ('{"cell_type": NaN}', "number that JSON doesn't know"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_words_that_are_no_answer(words: str, reason: str) -> None:
    with pytest.raises(UnusableError, match=reason):
        read_verdict(words, GIVEN)
