"""The intent model: likeness to examples, least squares, and how sure it is. Kept as arrays."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.nlu.adaptation import Labels
from bot.nlu.calibration import OUT_OF_SCOPE, Calibration, calibrate, spread
from bot.nlu.encoder import sentence_encoder
from bot.nlu.features import Features, normalised_tokens
from bot.nlu.kernel import Examples, Matrix, Meaning, Ridge
from bot.nlu.network import LEARNED

EXAMPLES_MAX = 12_000
"""The fit grows with the cube of the number of examples; beyond this many, each intent gives its share."""
FAMILIARITY_MIN = 0.4
PENALTY = 0.07
PARTS = 5
_NAME_WORD = re.compile(r"[A-Z]?[a-zà-ÿ]+|[A-ZÀ-Ý]+(?![a-z])|[^\W_]+")


@dataclass(frozen=True)
class IntentModel:
    """`classes`, the examples, and `weights` (examples by classes) with `offsets` (the intents' shares)."""

    classes: list[str]
    examples: Examples
    weights: Matrix
    offsets: Matrix
    calibration: Calibration

    @property
    def threshold(self) -> float:
        """The confidence below which nothing should be believed."""
        return self.calibration.threshold

    def confidences(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """One row for each text, one share for each class; the highest is the probability of being right."""
        alike = self.examples.alike(texts)
        scores: Matrix = alike @ self.weights + self.offsets
        sure = self.calibration.confidence(scores, self.examples.nearest(alike, scores.argmax(axis=1)))
        return np.stack([spread(row, float(confidence)) for row, confidence in zip(scores, sure, strict=True)])

    def knows_nothing_of(self, text: str) -> bool:
        """No word of `text` was ever seen, nor most of the pieces of its words."""
        return self.examples.features.familiarity(text) < FAMILIARITY_MIN

    def save(self, folder: Path) -> None:
        """Write a word list and arrays; nothing that loading would run."""
        features, meaning, words = self.examples.features, self.examples.meaning, self.examples.words
        bent = self.examples.encoder.weights if self.examples.is_adapted else {}
        terms = sorted(features.positions, key=features.positions.__getitem__)
        named = {"classes": self.classes, "terms": terms, "threshold": self.threshold}
        (folder / "names.json").write_text(json.dumps(named, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / "arrays.npz",
            term_weights=features.weights,
            means=meaning.means,
            scales=meaning.scales,
            axes=meaning.axes,
            vectors=self.examples.vectors,
            words_data=words.data,
            words_indices=words.indices,
            words_starts=words.indptr,
            labels=self.examples.labels,
            weights=self.weights,
            offsets=self.offsets,
            calibration=self.calibration.coefficients,
            **{f"encoder_{name}": bent[name] for name in LEARNED if name in bent},
        )

    @classmethod
    def load(cls, folder: Path) -> "IntentModel":
        """Read what `save` wrote."""
        named = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as kept:
            terms, vectors = named["terms"], kept["vectors"]
            words = csr_matrix(
                (kept["words_data"], kept["words_indices"], kept["words_starts"]), shape=(len(terms), vectors.shape[1])
            )
            features = Features({term: at for at, term in enumerate(terms)}, kept["term_weights"])
            bent = {name: kept[f"encoder_{name}"] for name in LEARNED if f"encoder_{name}" in kept.files}
            encoder = sentence_encoder().bent(bent) if bent else sentence_encoder()
            meaning = Meaning(kept["means"], kept["scales"], kept["axes"])
            examples = Examples(features, encoder, meaning, words, vectors, kept["labels"])
            calibration = Calibration(kept["calibration"], named["threshold"])
            return cls(named["classes"], examples, kept["weights"], kept["offsets"], calibration)


def train_intent_model(
    texts: Sequence[str], intents: Sequence[str], *, penalty: float = PENALTY, loss_max: float = 0.03
) -> IntentModel:
    """Fit on `texts` and their `intents` (at least two different ones).

    :raises ValueError: fewer than two intents.
    """
    names, labels = np.unique(np.array(intents), return_inverse=True)
    if len(names) < 2:
        raise ValueError("the classifier needs examples of at least two intents")
    kept = _fair_share(labels)
    texts, labels, classes = [texts[at] for at in kept], labels[kept], [str(name) for name in names]
    said, called = len(texts), words_of_names(classes)
    texts += called.values()
    labels = np.append(labels, np.array(list(called), dtype=np.int64))
    targets = np.zeros((len(labels), len(classes)), dtype=np.float32)
    targets[np.arange(len(labels)), labels] = 1
    offsets: Matrix = targets.mean(axis=0)
    examples = Examples.of(texts, labels)
    alike = examples.alike_among()
    if examples.is_adapted:  # it has seen every example: only those really left out tell
        weights = Ridge.fit(alike, targets - offsets, penalty).weights
        judged, left_out, nearness = _really_left_out(texts, labels, targets, penalty, said=said)
    else:
        judged, others = np.arange(said), examples.nearest_others(alike)
        ridge = Ridge.fit(alike, targets - offsets, penalty)
        weights, left_out = ridge.weights, ridge.left_out(targets - offsets)[:said] + offsets
        nearness = others[judged, left_out.argmax(axis=1)]
    calibration = calibrate(left_out, nearness, labels[judged], classes, loss_max)
    return IntentModel(classes, examples, weights, offsets, calibration)


def words_of_names(classes: Sequence[str]) -> dict[int, str]:
    """By the position of a class the words of its name, which says what it means: one more example.

    Empty when the names are numbers or say the same: then they are no words for it.
    """
    named = {
        at: " ".join(_NAME_WORD.findall(name.rpartition("/")[2])).lower()
        for at, name in enumerate(classes)
        if name != OUT_OF_SCOPE
    }
    told = {tuple(normalised_tokens(words)) for words in named.values()}
    return named if len(told) == len(named) and all(told) else {}


def _really_left_out(
    texts: Sequence[str], labels: Labels, targets: Matrix, penalty: float, *, said: int
) -> tuple[Labels, Matrix, Matrix]:
    """Every fifth of the first `said` examples of an intent, its scores by a model of all others, and its nearness."""
    part, offsets = np.full(len(labels), PARTS, dtype=np.int64), targets.mean(axis=0)
    part[np.argsort(labels[:said], kind="stable")] = np.arange(said) % PARTS
    seen, unseen = np.flatnonzero(part != 0), np.flatnonzero(part == 0)
    examples = Examples.of([texts[at] for at in seen], labels[seen])
    weights = Ridge.fit(examples.alike_among(), targets[seen] - offsets, penalty).weights
    alike = examples.alike([texts[at] for at in unseen])
    scores: Matrix = alike @ weights + offsets
    return unseen, scores, examples.nearest(alike, scores.argmax(axis=1))


def _fair_share(labels: Labels) -> Labels:
    """All examples, or `EXAMPLES_MAX` of them: large intents give first."""
    if len(labels) <= EXAMPLES_MAX:
        return np.arange(len(labels))
    order = np.random.default_rng(0).permutation(len(labels))
    rank = np.empty(len(labels), dtype=np.int64)
    counts = np.zeros(int(labels.max()) + 1, dtype=np.int64)
    for at in order:
        rank[at] = counts[labels[at]]
        counts[labels[at]] += 1
    return np.sort(np.argsort(rank, kind="stable")[:EXAMPLES_MAX])
