"""What the model is asked about a cluster: a fixed text with a version."""

from collections.abc import Sequence

from genept.remote.chat import Manner

# Counts up with any change to the messages, the form or the two numbers below, which makes all answers be
# asked for again. A test holds the version and the words together.
PROMPT_VERSION = "1"
TEMPERATURE = 0.0
# Four times what such an answer takes: what reaches it has gone astray.
MAX_TOKENS = 600

UNKNOWN = "unknown"
CONFIDENCES = ("low", "medium", "high")

_SYSTEM = f"""\
You name the cell types of clusters from single-cell RNA sequencing. The user gives the marker genes of one \
cluster, the strongest first, and perhaps the species and the tissue.

Name the one cell type that these markers show, as finely as they support it and no finer, in the singular \
and as the Cell Ontology would write it. Rely on nothing but the markers and what is well established about \
them. If the cluster seems to mix cell types, name the one that most markers belong to, say so in the \
reason, and answer with low confidence. If the markers show no cell type, such as when they are all \
housekeeping genes, the cell type is "{UNKNOWN}".

Answer with one JSON object and nothing else, with exactly these keys:
"cell_type": the name, or "{UNKNOWN}";
"cell_ontology_id": its Cell Ontology id, "CL:" and seven digits, or null unless you are certain of it;
"confidence": "low", "medium" or "high";
"markers": a list of those of the given markers that you relied on, spelled as given;
"reason": one sentence."""

_ANSWER = {
    "type": "object",
    "properties": {
        "cell_type": {"type": "string"},
        "cell_ontology_id": {"type": ["string", "null"]},
        "confidence": {"type": "string", "enum": list(CONFIDENCES)},
        "markers": {"type": "array", "items": {"type": "string"}},
        "reason": {"type": "string"},
    },
    "required": ["cell_type", "cell_ontology_id", "confidence", "markers", "reason"],
    "additionalProperties": False,
}

MANNER = Manner(
    needed_by="annotation by a chat model",
    prompt_version=PROMPT_VERSION,
    temperature=TEMPERATURE,
    max_tokens=MAX_TOKENS,
    response_format={
        "type": "json_schema",
        "json_schema": {"name": "cell_type", "strict": True, "schema": _ANSWER},
    },
)


def messages_for(markers: Sequence[str], *, species: str = "", tissue: str = "") -> list[dict[str, str]]:
    """Write the messages that ask for one cluster's cell type.

    The cluster's own name isn't told: it may give the answer away, and the same markers are the same question
    whatever the cluster is called.

    Parameters
    ----------
    markers
        Gene symbols, the strongest first.
    species, tissue
        In words; empty where they aren't to be told.

    Returns
    -------
    list of dict
        A system and a user message, each with ``role`` and ``content``.

    Examples
    --------
    >>> print(messages_for(["CD79A", "MS4A1"], tissue="blood")[1]["content"])
    Tissue: blood
    Markers: CD79A, MS4A1
    """
    lines = {"Species": species, "Tissue": tissue, "Markers": ", ".join(markers)}
    told = "\n".join(f"{name}: {' '.join(said.split())}" for name, said in lines.items() if said.strip())
    return [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": told}]
