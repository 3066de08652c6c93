"""``tone-check train``: from ``data/`` to ``model/``, reproducible from a seed.

Two stages. The encoder (optional, needs the ``encoder`` extra and half an hour)
is fine-tuned and exported; without it the committed one is kept. The heads,
calibration and thresholds are then refitted with scikit-learn on its vectors.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from tone_check.classifier import Classifier, Heads
from tone_check.features import Encoder, FloatArray, session_from, tokenizer_from
from tone_check.model_files import FILES, FORMAT, ModelError, read_verified
from tone_check.rewrites import gists as gist_list
from tone_check.rewrites import index
from tone_check.rewrites import pairs as pair_files
from tone_check.rewrites import wordings as wording_files
from tone_check.rewrites.pairs import Pair
from tone_check.rewrites.wordings import Wording
from tone_check.training import calm, corpus, gists, heads, judgements
from tone_check.training.corpus import CorpusError, Message
from tone_check.training.evaluate import metrics
from tone_check.training.judgements import Judgement

Say = Callable[[str], None]
# The rewriter's own file of a model folder: read, and compared with its digest, only when something is flagged.
INDEX = "rewrites.npz"


@dataclass(frozen=True, slots=True)
class Splits:
    """Authors held out: ``tune`` for calibration, thresholds and choices, ``test`` for reporting."""

    tune: tuple[str, ...]
    test: tuple[str, ...]


def load_splits(path: Path) -> Splits:
    """Read ``data/splits.toml``.

    Raises:
        CorpusError: the file is missing or does not name two lists of authors.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return Splits(tuple(table["tune"]), tuple(table["test"]))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"{path}: the held-out authors cannot be read: {error}") from None


def split(messages: Sequence[Message], splits: Splits) -> tuple[list[Message], list[Message], list[Message]]:
    """Divide messages by author into training, tuning and test; a user's own messages train."""
    return (
        [m for m in messages if m.author not in splits.tune + splits.test],
        [m for m in messages if m.author in splits.tune],
        [m for m in messages if m.author in splits.test],
    )


@dataclass(frozen=True, slots=True)
class Texts:
    """What the rewriter is made of: pairs, calm wordings, names of the gists, who means which, judged proposals, and
    calm versions of sentences of the messages."""

    pairs: Sequence[Pair]
    wordings: Sequence[Wording]
    gists: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]
    judged: Sequence[Judgement]
    calm: Mapping[str, str | None]


_NO_TEXTS = Texts((), (), (), {}, (), {})


def load_texts(data: Path) -> Texts:
    """Read the rewriter's texts below ``data/``.

    Raises:
        CorpusError, PairError, WordingError, GistError: a file is not in its format.
    """
    names = tuple(g.name for g in gist_list.load(data / "gists/gists.toml"))
    labels = gists.load(data / "gists/labels.jsonl", names)
    known = gists.attach_pairs(pair_files.load_all(data / "rewrites"), labels)
    return Texts(
        known,
        wording_files.load_all(data / "gists/wordings"),
        names,
        labels,
        judgements.load_all(data / "judgements"),
        calm.load_all(data / "calm"),
    )


def train(
    folders: Sequence[Path],
    splits: Splits,
    output: Path,
    seed: int,
    say: Say,
    version: str,
    encoder: bool = False,
    runs: Path = Path("runs"),
    texts: Texts = _NO_TEXTS,
) -> dict[str, Any]:
    """Train on every annotated file of the folders and write a model folder; returns its ``tone.json``.

    Raises:
        CorpusError: the data cannot be read, or an author group is empty.
        ModelError: no encoder is there to build on.
    """
    messages = gists.attach(corpus.load_all(folders), texts.labels)
    pairs = texts.pairs
    data_digest = corpus.digest(corpus.files(folders))
    learning, tuning, testing = split(messages, splits)
    if not learning or not tuning:
        raise CorpusError("training needs messages of at least one author that is not held out, and of one that is")
    say(f"{len(learning)} messages to learn from, {len(tuning)} to tune on, {len(testing)} to test on")
    output.mkdir(parents=True, exist_ok=True)
    held_out = splits.tune + splits.test
    judged = [j for j in texts.judged if j.author not in held_out]
    drift = (
        fine_tune_encoder(learning, replace(texts, judged=judged), tuning, output, seed, say, runs) if encoder else None
    )
    if drift is None:
        drift = _earlier_drift(output)
    try:
        files = [(output / name).read_bytes() for name in ("encoder.onnx", "tokenizer.json")]
    except OSError as error:
        raise ModelError(
            f"{error.filename}: {error.strerror}: no encoder to build on; copy a model folder to {output} first, or "
            "train --encoder"
        ) from None
    session = Encoder(session_from(files[0]), tokenizer_from(files[1]))
    vectors = [session.encode([m.texts for m in some]) for some in (learning, tuning, testing)]
    pair_vectors = session.encode([[p.harsh_text] for p in pairs])
    say("fitting the heads")
    projection = _projection(output)
    pipeline = heads.fit(
        learning,
        vectors[0],
        tuning,
        vectors[1],
        projection,
        pairs,
        pair_vectors,
        texts.gists,
        texts.calm,
        seed,
    )
    exported = heads.export(pipeline, projection, tuning, vectors[1], texts.gists)
    np.savez(output / "heads.npz", **{f: getattr(exported, f) for f in Heads.__dataclass_fields__})
    joblib.dump(pipeline, output / "pipeline.joblib")
    thresholds = heads.thresholds(exported, tuning, vectors[1])
    about: dict[str, Any] = {
        "format": FORMAT,
        "version": version,
        "base": "all-MiniLM-L6-v2 (Apache-2.0), fine-tuned on this project's corpus, 8-bit weights",
        "seed": seed,
        "training_data": {
            "sha256": data_digest,
            "messages": len(learning),
            "sentences": sum(len(m.sentences) for m in learning),
            "pairs": len(pairs),
            "wordings": len(texts.wordings),
            "gist_labels": len(texts.labels),
            "judged_proposals": len(judged),
            "calm_versions": len(texts.calm),
            "held_out": dataclasses.asdict(splits),
        },
        "thresholds": thresholds,
        "quantisation": drift,
        "figures": {},
        "files": {name: hashlib.sha256((output / name).read_bytes()).hexdigest() for name in FILES},
    }
    _write(output / "tone.json", about)
    classifier = Classifier(output)
    arrays: dict[str, Any] = index.build(classifier, pairs, texts.wordings)
    np.savez(output / INDEX, **arrays)
    about["files"][INDEX] = hashlib.sha256((output / INDEX).read_bytes()).hexdigest()
    for name, some, vecs in (("tune", tuning, vectors[1]), ("test", testing, vectors[2])):
        if some:
            found = [classifier.judge_vectors(v) for v in vecs]
            figures = metrics(some, found, repeats=200, seed=seed)
            about["figures"][name] = figures
            say(f"{name}: {json.dumps(figures['figures'])}")
    _write(output / "tone.json", about)
    return about


def _projection(output: Path) -> heads.Projection:
    """Read the encoder's own part of the heads, which the encoder stage (or an earlier training) left there."""
    try:
        with np.load(output / "heads.npz", allow_pickle=False) as arrays:
            return heads.Projection(*(arrays[name] for name in heads.PROJECTED))
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(
            f"{output / 'heads.npz'}: no encoder to build on (train --encoder makes one): {error}"
        ) from None


def _write(path: Path, about: dict[str, Any]) -> None:
    path.write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _earlier_drift(output: Path) -> Any:
    try:
        return read_verified(output, None)[0]["quantisation"]
    except (ModelError, KeyError):
        return None


def fine_tune_encoder(
    learning: Sequence[Message],
    texts: Texts,
    tuning: Sequence[Message],
    output: Path,
    seed: int,
    say: Say,
    runs: Path,
) -> dict[str, float]:
    """Fine-tune and export the encoder; returns how far the 8-bit one is from the trained one."""
    try:
        from tone_check.training import encoder as stage
        from tone_check.training.export import export
    except ImportError as error:
        raise ModelError(f"the encoder needs the extra (pip install 'tone-check[encoder]'): {error}") from None
    recipe = stage.Recipe(seed=seed)
    worded = gists.calm_texts(texts.wordings, texts.gists)
    pairs = [*texts.pairs, *calm.of_messages(learning, texts.calm)]
    known = (recipe, list(learning), pairs, list(texts.judged), worded)
    name = hashlib.sha256(repr(known).encode()).hexdigest()[:12]
    model = stage.fine_tune(learning, pairs, texts.judged, worded, recipe, runs / f"encoder-{name}.pt", say)
    export(model, output / "encoder.onnx")
    shutil.copyfile(stage.base_folder() / "tokenizer.json", output / "tokenizer.json")
    np.savez(
        output / "heads.npz",
        item_projection=model.projection.weight.detach().numpy().T.astype(np.float64),
        item_projection_bias=model.projection.bias.detach().numpy().astype(np.float64),
        content_weights=model.content.weight.detach().numpy().T.astype(np.float64),
        content_bias=model.content.bias.detach().numpy().astype(np.float64),
        match_weights=model.match.weight.detach().numpy().T.astype(np.float64),
        match_bias=model.match.bias.detach().numpy().astype(np.float64),
    )
    exact = stage.encode(model, tuning)
    session = Encoder(
        session_from((output / "encoder.onnx").read_bytes()), tokenizer_from((output / "tokenizer.json").read_bytes())
    )
    return _drift(exact, session.encode([m.texts for m in tuning]), learning, model)


def _drift(
    exact: Sequence[FloatArray], shipped: Sequence[FloatArray], learning: Sequence[Message], model: Any
) -> dict[str, float]:
    """Compare the flag of the encoder's own output layer on exact and on 8-bit vectors, over held-out sentences."""
    weights = model.flag.weight.detach().numpy()[0]
    bias = float(model.flag.bias.detach()[0])
    one, other = np.concatenate(exact) @ weights + bias, np.concatenate(shipped) @ weights + bias
    return {
        "sentences": len(one),
        "flags_that_differ_percent": round(100 * float(np.mean((one > 0) != (other > 0))), 3),
        "mean_logit_difference": round(float(np.abs(one - other).mean()), 4),
    }


def write_digest(module: Path, output: Path) -> str:
    """Write the SHA-256 of ``tone.json`` into the package, where ``check`` compares it before loading anything."""
    digest = hashlib.sha256((output / "tone.json").read_bytes()).hexdigest()
    lines = [
        f'MODEL_SHA256 = "{digest}"' if line.startswith("MODEL_SHA256 = ") else line
        for line in module.read_text(encoding="utf-8").splitlines()
    ]
    module.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return digest
