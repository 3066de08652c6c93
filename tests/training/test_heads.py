from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from tone_check.classifier import BINARY, Heads, rating, sigmoid
from tone_check.report import ACTS, ITEMS
from tone_check.rewrites.pairs import Pair
from tone_check.rewrites.wordings import SCENES
from tone_check.training import heads
from tone_check.training.corpus import Labelled, Message
from tone_check.training.heads import Projection

DIMENSIONS = 12
GISTS = ("g0", "g1", "g2")
SCENARIOS = ("core: reply to a rejection", "core: status follow-up", "extended: late invoice")


def corpus(seed: int, count: int) -> tuple[list[Message], list[np.ndarray[tuple[int, int], np.dtype[np.float32]]]]:
    """Messages whose labels depend on their random vectors, with noise."""
    rng = np.random.default_rng(seed)
    messages, vectors = [], []
    for number in range(count):
        rows = rng.normal(size=(5, DIMENSIONS)).astype(np.float32)
        sentences = []
        for row in rows:
            resentment = int(np.clip(np.rint(row[0] + rng.normal() * 0.3), 0, 3))
            blame = int(np.clip(np.rint(row[1] + rng.normal() * 0.3), 0, 3))
            rating = int(np.clip(np.rint(4 - max(resentment, blame) + row[2]), 1, 5))
            flagged = resentment >= 2 or blame >= 2 or rating <= 2
            acts = tuple(a for k, a in enumerate(ACTS) if flagged and row[k % DIMENSIONS] > 0.3) or ACTS[:1]
            meant = (f"g{int(row[4] > 0)}",) if flagged else ()
            sentences.append(Labelled("text", resentment, blame, rating, acts if flagged else (), gists=meant))
        marks = {item: (None, False, True)[int(rng.integers(0, 3))] for item in ITEMS}
        messages.append(Message(f"{seed}-{number}", "email", SCENARIOS[number % 3], "v", tuple(sentences), marks, "a"))
        vectors.append(rows)
    return messages, vectors


PAIRS = [
    Pair(f"p-{i}", "p", "core", "plain", "status", ("insult",), "harsh", ("calm",), None, (GISTS[i % 2],))
    for i in range(40)
]


def any_projection(rng: np.random.Generator) -> Projection:
    return Projection(
        rng.normal(size=(DIMENSIONS, 4)), rng.normal(size=4), rng.normal(size=(DIMENSIONS, 3)), np.zeros(3),
        rng.normal(size=(4 * DIMENSIONS, 2)), np.zeros(2),
    )  # fmt: skip


@pytest.fixture(scope="module")
def fitted() -> tuple[heads.Pipeline, Heads, Projection]:
    learning, vectors = corpus(1, 120)
    tuning, tuning_vectors = corpus(2, 60)
    rng = np.random.default_rng(3)
    projection = any_projection(rng)
    pair_vectors = [rng.normal(size=(1, DIMENSIONS)).astype(np.float32) for _ in PAIRS]
    # What goes out of a letter depends on the sixth number of its vector.
    calm = {
        f"{m.id}:{i}": None if row[5] > 0.7 else "Calm."
        for m, rows in zip(learning, vectors, strict=True)
        for i, row in enumerate(rows)
        if m.sentences[i].flagged
    }
    pipeline = heads.fit(
        learning, vectors, tuning, tuning_vectors, projection, PAIRS, pair_vectors, GISTS, calm, seed=0
    )
    return pipeline, heads.export(pipeline, projection, tuning, tuning_vectors, GISTS), projection


def test_what_a_writer_would_leave_out_is_read_off_the_vectors(
    fitted: tuple[heads.Pipeline, Heads, Projection],
) -> None:
    pipeline, exported, _ = fitted
    assert pipeline.idle is not None
    rows = np.concatenate(corpus(5, 40)[1])
    idle = exported.idle(rows)
    assert np.abs(idle - pipeline.idle.predict_proba(rows)[:, 1]).max() < 1e-6
    assert idle[rows[:, 5] > 1.2].min() > idle[rows[:, 5] < 0].mean()
    assert exported.idle(rows[:1]).shape == (1,)


def test_where_nobody_said_what_to_leave_out_nothing_is(fitted: tuple[heads.Pipeline, Heads, Projection]) -> None:
    pipeline, _, projection = fitted
    tuning, vectors = corpus(2, 60)
    without = heads.export(replace(pipeline, idle=None), projection, tuning, vectors, GISTS)
    assert without.idle(vectors[0]).max() < 1e-8


def test_exported_heads_agree_with_scikit_learn(
    fitted: tuple[heads.Pipeline, Heads, Projection],
) -> None:
    pipeline, exported, projection = fitted
    _, vectors = corpus(4, 30)
    rows = np.concatenate(vectors)
    ours = exported.probabilities(rows)
    for k, name in enumerate(BINARY):
        theirs = pipeline.binary[name].predict_proba(rows)[:, 1]
        assert np.abs(ours[:, k] - theirs).max() < 1e-6
    acts = exported.act_probabilities(rows)
    for k, act in enumerate(ACTS):
        if act in pipeline.acts:
            assert np.abs(acts[:, k] - pipeline.acts[act].predict_proba(rows)[:, 1]).max() < 1e-6
    assert set(pipeline.gists) == {"g0", "g1"}
    gists = exported.gists(rows)
    for k, name in enumerate(GISTS):
        if name in pipeline.gists:
            assert np.abs(gists[:, k] - pipeline.gists[name].predict_proba(rows)[:, 1]).max() < 1e-6
    assert gists[:, 2].max() < 1e-6
    assert pipeline.scenes is not None
    for each in vectors:
        assert SCENES[exported.scene(each)] == SCENES[int(pipeline.scenes.predict(each.mean(axis=0)[None])[0])]
    for k, item in enumerate(ITEMS):
        for each in vectors:
            logits = exported.item_logits(each)[k]
            odds = np.exp(logits - logits.max())
            expected = pipeline.items[item].predict_proba(projection.pooled(each)[None])[0]
            assert np.abs(odds / odds.sum() - expected).max() < 1e-6


def test_operating_points_keep_to_their_false_alarms(
    fitted: tuple[heads.Pipeline, Heads, Projection],
) -> None:
    _, exported, _ = fitted
    tuning, vectors = corpus(2, 60)
    chosen = heads.thresholds(exported, tuning, vectors)
    sentences = [s for m in tuning for s in m.sentences]
    risk = exported.probabilities(np.concatenate(vectors))[:, BINARY.index("risk")]
    clean = np.array([not s.flagged and not s.borderline for s in sentences])
    for name, allowed in heads.FALSE_ALARMS.items():
        assert 100 * (risk[clean] >= chosen["risk"][name]).mean() <= allowed + 1e-9
    assert chosen["risk"]["gentle"] >= chosen["risk"]["normal"] >= chosen["risk"]["strict"]


def test_borderline_sentences_do_not_count() -> None:
    hint = Labelled("x", 1, 0, 3, ())
    assert not heads.counted("risk", [hint])[0]
    assert not heads.counted("resentment", [hint])[0]
    assert heads.counted("blame", [hint])[0]


def test_a_checklist_of_two_passes_counts_half_for_either() -> None:
    learning, vectors = corpus(1, 120)
    flipped = {None: None, True: False, False: True}
    torn = [replace(m, second_checklist={i: flipped[v] for i, v in m.checklist.items()}) for m in learning]
    rng = np.random.default_rng(5)
    projection = any_projection(rng)
    pipeline = heads.fit(torn, vectors, learning, vectors, projection, (), (), (), {}, seed=0)
    odds = pipeline.items["thanks"].predict_proba(np.stack([projection.pooled(v) for v in vectors]))
    assert np.abs(odds[:, 1] - odds[:, 2]).max() < 0.02


def test_the_cuts_of_the_rating_agree_better_than_the_middles(
    fitted: tuple[heads.Pipeline, Heads, Projection],
) -> None:
    _, exported, _ = fitted
    tuning, vectors = corpus(2, 60)
    truth = [s.professionalism for m in tuning for s in m.sentences]
    steps = exported.probabilities(np.concatenate(vectors))[:, 4:]

    def agreement(cuts: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        found = np.rint(rating(steps, cuts)).astype(int)
        return float(cohen_kappa_score(truth, found, weights="quadratic"))

    assert np.all(np.diff([1.0, *exported.rating_cuts, 5.0]) > 0)
    assert agreement(exported.rating_cuts) > agreement(np.array([1.5, 2.5, 3.5, 4.5])) + 0.01


def test_every_rating_has_its_part_in_the_steps() -> None:
    three = Labelled("x", 0, 0, 3, (), second=(0, 0, 4), ratings=(3, 4, 4))
    two = Labelled("x", 0, 0, 2, (), second=(0, 0, 3))
    one = Labelled("x", 0, 0, 5, ())
    assert heads.share("rating3", [three, two, one]).tolist() == [1 / 3, 1.0, 0.0]
    assert heads.share("rating2", [three, two, one]).tolist() == [0.0, 0.5, 0.0]
    assert heads.share("unprofessional", [three, two, one]).tolist() == [0.0, 1.0, 0.0]


def test_a_step_learned_from_three_ratings_lies_between_those_learned_from_one() -> None:
    """The weights of a row's two parts make up one row."""
    learning, vectors = corpus(1, 120)
    rng = np.random.default_rng(5)
    rated = [
        replace(m, sentences=tuple(replace(s, ratings=(s.professionalism, 5, 5)) for s in m.sentences))
        for m in learning
    ]
    projection = any_projection(rng)
    means = {}
    for name, messages in (("one", learning), ("three", rated)):
        pipeline = heads.fit(messages, vectors, messages, vectors, projection, (), (), (), {}, seed=0)
        exported = heads.export(pipeline, projection, messages, vectors, ())
        step = BINARY.index("rating4")
        logits = exported.logits(np.concatenate(vectors))[:, step]
        inner = pipeline.binary["rating4"].calibrated_classifiers_[0].calibrators[0]
        means[name] = sigmoid(-(inner.a_ * logits + inner.b_)).mean()
    sentences = [s for m in learning for s in m.sentences]
    truth = np.mean([s.professionalism <= 4 for s in sentences])
    assert means["one"] == pytest.approx(truth, abs=0.02)
    assert means["three"] == pytest.approx(truth / 3, abs=0.02)


def test_sigmoid_does_not_overflow() -> None:
    assert sigmoid(np.array([-1e6, 0.0, 1e6])).tolist() == [0.0, 0.5, 1.0]
