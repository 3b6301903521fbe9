"""Names of clusters, asked of a chat model that is given their marker genes."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from genept.annotation.chat.answers import answers_file
from genept.annotation.chat.estimate import Estimate
from genept.annotation.chat.own_markers import own_markers
from genept.annotation.chat.prompt import MANNER, messages_for
from genept.annotation.chat.verdict import Verdict, read_verdict
from genept.errors import FetchError, name_some
from genept.remote.chat import (
    Answer,
    Interview,
    Price,
    Question,
    Spending,
    missing_answers,
    price_of,
    tokens_of,
)
from genept.remote.endpoint import find_endpoint

log = logging.getLogger(__name__)

# Five short fields with one sentence are 100 to 150 tokens; no answer can be longer than prompt.MAX_TOKENS.
_ANSWER_TOKENS = 200


@dataclass(frozen=True)
class NamedCluster:
    """What a model said of a cluster.

    Parameters
    ----------
    markers
        The genes that it was given, the strongest first.
    verdict
        What it said.
    answer
        Who answered, when, and for how many tokens.
    """

    markers: tuple[str, ...]
    verdict: Verdict
    answer: Answer


class ClusterNaming:
    """A chat model that is to name clusters by their marker genes.

    One question for each cluster, so that an answer depends on nothing but the cluster's markers and is kept
    by itself; Hou & Ji ask about all clusters in one message. Any server with OpenAI's chat completions will
    do, a local one too. The key is read from ``OPENAI_API_KEY`` when it is needed, goes to whatever server is
    named, and is kept nowhere. Answers are kept in ``cell_types.sqlite`` in the cache folder
    (``GENEPT_CACHE``), each as soon as it comes.

    Parameters
    ----------
    markers
        For each cluster the symbols of its marker genes, the strongest first. Nothing is asked about a
        cluster that has none.
    model
        The model's name on the server.
    base_url
        The server's address; by default ``OPENAI_BASE_URL``, or OpenAI's own.
    species, tissue
        What the model is told of the cells, in words; empty, the default, tells nothing.
    price
        US dollars for a million tokens sent, and for a million received; by default OpenAI's own, where
        OpenAI is asked.
    concurrency
        How many questions may be under way at a time.

    Raises
    ------
    ArgumentError
        If an argument means nothing.
    GeneNamesError
        If a gene has no name, or genes aren't given as a list.

    References
    ----------
    Hou & Ji, "Assessing GPT-4 for cell type annotation in single-cell RNA-seq analysis", Nature Methods 2024.

    Examples
    --------
    >>> naming = ClusterNaming({"0": ["CD79A", "MS4A1"], "1": ["LYZ"]}, model="m", base_url="http://host/v1")
    >>> naming.estimate().n_requests
    2
    """

    def __init__(
        self,
        markers: Mapping[str, Sequence[str]],
        *,
        model: str,
        base_url: str | None = None,
        species: str = "",
        tissue: str = "",
        price: tuple[float, float] | None = None,
        concurrency: int = 8,
    ) -> None:
        self.markers = own_markers(markers)
        self.interview = Interview(find_endpoint(base_url), model, MANNER, answers_file(), concurrency)
        self.price = (
            price_of(self.interview.model, self.interview.endpoint.url) if price is None else Price(*price)
        )
        self._questions = [
            Question(
                cluster,
                messages_for(genes, species=species, tissue=tissue),
                partial(_checked, markers=genes),
            )
            for cluster, genes in self.markers.items()
            if genes
        ]

    def estimate(self) -> Estimate:
        """Say what :meth:`name` would send, without sending anything; no key is needed.

        Raises
        ------
        OutputError
            If the file of answers can't be opened.
        """
        known = self.interview.known()
        missing = missing_answers(self._questions, known)
        sent = sum(tokens_of(question.messages) for question in missing)
        received = _ANSWER_TOKENS * len(missing)
        return Estimate(
            n_clusters=len(self.markers),
            n_unassigned=len(self.markers) - len(self._questions),
            n_cached=sum(question.sha256 in known for question in self._questions),
            n_requests=len(missing),
            prompt_tokens=sent,
            completion_tokens=received,
            usd=None if self.price is None else self.price.usd(sent, received),
            price="not known" if self.price is None else self.price.origin,
        )

    def name(self, *, max_cost: float | None = None) -> dict[str, NamedCluster]:
        """Ask what has no answer yet, and give what the model says of each cluster that has markers.

        Parameters
        ----------
        max_cost
            US dollars that this run may cost at most: it stops before the question that could pass it.

        Raises
        ------
        ArgumentError
            If the server needs a key and there is none, or there is a highest cost and no price.
        MissingDependencyError
            If something is to be asked and the SDK isn't installed.
        FetchError
            If the server can't be reached or refuses, or some clusters got no answer that can be used.
            Answers that came are kept, and running again asks only what is missing.
        CostError
            If a next question could pass the highest cost; what was paid for is kept.
        OutputError
            If answers can't be written.
        """
        planned = self.estimate()
        if planned.n_requests:
            cost = (
                "at a price that isn't known" if planned.usd is None else f"for about {planned.usd:.4f} USD"
            )
            log.info("asking %s about %d clusters %s", self.interview.model, planned.n_requests, cost)
        spending = Spending(self.price, max_cost=max_cost, max_received=MANNER.max_tokens)
        answers, failures = self.interview.answers(
            self._questions, title="cell types", unit="cluster", spending=spending
        )
        self._refuse_gaps(answers, failures)
        return {
            question.subject: _named(answers[question.sha256], self.markers[question.subject])
            for question in self._questions
        }

    def _refuse_gaps(self, answers: Mapping[str, Answer], failures: Mapping[str, str]) -> None:
        gaps = [question for question in self._questions if question.sha256 not in answers]
        if gaps:
            raise FetchError(
                f"{len(gaps):,} of {len(self._questions):,} clusters got no cell type: "
                f"{name_some(q.subject for q in gaps)}; of {gaps[0].subject}: "
                f"{failures.get(gaps[0].sha256, 'its answer is no longer there')}",
                expected="an answer for every cluster",
                do="run again, which asks only what is missing, or name another model",
            )


def _checked(words: str, *, markers: Sequence[str]) -> str:
    """Keep an answer as it came, once it is known to be one."""
    read_verdict(words, markers)
    return words


def _named(answer: Answer, markers: tuple[str, ...]) -> NamedCluster:
    return NamedCluster(markers, read_verdict(answer.text or "", markers), answer)
