"""Candidates for a calmer sentence, and the gate they must pass.

A message is rewritten as a whole: candidates for every flagged sentence are made
(``candidates``: the writer's own words; ``retrieval``: composed pairs; ``wordings``:
composed sentences for what it means; ``local_model``: a model the user named, if any), sifted
by their words (``gate.problems``), scored in place in one call, ranked, and
chosen so that no text comes twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from tone_check.classifier import Classifier, Judged
from tone_check.features import FloatArray
from tone_check.model_files import ModelError
from tone_check.report import Act, Finding, Scores, Strictness, Suggestion
from tone_check.resources import shipped
from tone_check.rewrites import (
    gate,
    gists,
    index,
    licence,
    pairs,
    ranking,
    removal,
    retrieval,
    sendable,
    slots,
    surface,
    wordings,
)
from tone_check.rewrites.candidates import Candidate, edited
from tone_check.rewrites.gists import Gist
from tone_check.rewrites.pairs import Pair, Register
from tone_check.rewrites.wordings import Wording

# Asked once a message with its sentences and the places of the flagged ones: texts for some of these places. Whatever
# it returns is a stranger's word: it meets the gate without a licence.
Propose = Callable[[Sequence[str], Sequence[int]], Mapping[int, Sequence[str]]]

_SHOWN = 3
# Neighbours on either side that a candidate is read with, first among the calm ones, then in its place as the draft is.
_NEIGHBOURS = 2
_IN_PLACE = 40
_SCORED = 8
# How often the whole letter is read again before what is left is taken as it is.
_ROUNDS = 3
# How probable a gist must be before a wording may say it, and how many words of a wording may be foreign to both the
# sentence and its gist: the rest is left to the match of the two, read side by side.
_MEANT = 0.15
_STRANGE = 2
# How many candidates of the writer's own words, and how many composed ones, are read side by side with the sentence.
_READ = 12
# How probable it must be that a reader would send a candidate (sendable.py). Of the first proposals above it, for
# sentences of the tuning authors, readers would send half and find another meaning in a fifth (benchmarks/sendable.py).
_SENDABLE = 0.22
# How much more probable where the sentence is an insult or lets off steam, which means little, ...
_INSULTS = 0.06
# What is only cut out of the writer's sentence.
_CUT = ("trim", "piece")
# ... and where it is cut out of irony or a threat, which is seldom meant as it stands.
_NOT_LITERAL = 0.1
# How many gists are looked at and how many wordings are made; how much the choice between equally near ones is left to
# chance (the same chance for the same sentence).
_GISTS = 3
_WORDED = 12
_TURN = 0.15
# Which share of the wordings may be said of one sentence: chance (the same for the same sentence) keeps the plainest
# from being everybody's.
_DRAWN = 0.4
# How likely it must be that a careful writer would leave the sentence out for the removal to come before a composed
# wording; the writer's own words are better than nothing (three of four votes, data/preference/tuning).
_IDLE = 0.6
# How likely it must be that the letter needs what a sentence with a fact or a request says.
_NEEDED = 0.45
# Among calm neighbours every proposal must pass the strictest setting; what is only cut out of the writer's sentence,
# and what is put into a frame, taken from a pair or proposed by a model, must be calmer than what a rule says in words
# of its own.
_CEILING = {
    "rule": 1.0, "mend": 1.0, "hint": 0.6, "trim": 0.45, "piece": 0.45, "pair": 0.4, "frame": 0.4, "gist": 0.6,
    "model": 0.4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class About:
    """What is asked of the whole message: how it is written, what it is about in its own words, and what kind it is."""

    register: Register
    topic: str | None
    scene: wordings.Scene


@dataclass(frozen=True, slots=True)
class Own:
    """What a message gives by its words alone: register, topic, and, by place, edits of the flagged sentences."""

    register: Register
    topic: str | None
    edits: Mapping[int, Sequence[Candidate]]


@dataclass(frozen=True, slots=True)
class Texts:
    """The shipped pairs, wordings and gists with the index beside the model."""

    pairs: Sequence[Pair]
    wordings: Sequence[Wording]
    gists: Sequence[Gist]
    arrays: index.Arrays


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with what the classifier says of it in place; ``value`` is its rank among its rivals."""

    candidate: Candidate
    judged: Judged
    value: float


def own_words(findings: Sequence[Finding]) -> Own:
    """Return what needs no model: it can be made while the encoder is busy with something else."""
    texts = [f.text for f in findings]
    register, topic = surface.register_of(texts), slots.topic(texts)
    edits = {i: edited(f.text, register, f.acts, topic) for i, f in enumerate(findings) if f.flagged}
    return Own(register, topic, edits)


def suggest(
    classifier: Classifier,
    findings: Sequence[Finding],
    strictness: Strictness,
    propose: Propose | None = None,
    own: Own | None = None,
) -> list[Finding]:
    """Return the findings of one message with suggestions for the flagged ones, best first.

    ``own`` is ``own_words(findings)`` where that is known already.
    """
    texts = [f.text for f in findings]
    flagged = [i for i, f in enumerate(findings) if f.flagged]
    if not flagged:
        return list(findings)
    rows = classifier.encoder.encode([texts])[0]
    vectors = rows[flagged]
    own = own or own_words(findings)
    message = About(own.register, own.topic, wordings.SCENES[classifier.heads.scene(rows)])
    asked = {} if propose is None else propose(texts, flagged)
    proposed = {
        i: _proposed(classifier, findings[i], vectors[k : k + 1], message, own.edits[i], asked.get(i, ()))
        for k, i in enumerate(flagged)
    }
    scored = _scored(classifier, findings, proposed, flagged, strictness)
    last = _last(texts)
    options = {
        i: _options(findings[i], scored[i], vectors[k : k + 1], classifier, _removal(findings[i], i == last))
        for k, i in enumerate(flagged)
    }
    chosen = _settled(classifier, findings, _distinct(texts, options), strictness)
    return [replace(f, suggestions=tuple(chosen[i])) if i in chosen else f for i, f in enumerate(findings)]


def applied(findings: Sequence[Finding]) -> list[str]:
    """Return the sentences of a message with every first suggestion taken; a sentence to remove is an empty text."""
    return [f.suggestions[0].text if f.suggestions else f.text for f in findings]


def _proposed(
    classifier: Classifier,
    finding: Finding,
    vector: FloatArray,
    message: About,
    edits: Sequence[Candidate],
    asked: Sequence[str],
) -> list[Candidate]:
    """Return the candidates worth scoring: well formed, nothing lost, nothing made up, cheapest edits first."""
    text = finding.text
    texts = _texts(classifier)
    slots_here = slots.find(text)
    made = [*edits]
    made += [Candidate(surface.tidy(t), "proposed by your local model", "model", licensed=False) for t in asked]
    if texts.arrays:
        content = classifier.heads.content(vector)[0]
        near = retrieval.nearest(content, texts.arrays)
        made += retrieval.retrieved(text, slots_here, near, texts.pairs, message.register)
        likely = classifier.heads.gists(vector)[0]
        made += _worded(text, slots_here, content, likely, texts, message)
    good = [
        c
        for c in made
        if not gate.problems(text, c.text, message.register, c.licensed, message.topic or "", composed=c.how == "gist")
        and (c.how != "model" or not gate.claims(text, c.text))
    ]
    composed = [c for c in good if c.how == "gist"]
    own = [c for c in good if c.how != "gist"]
    few = [*ranking.first(text, own, _READ), *ranking.first(text, composed, _READ)]
    return _matching(classifier, text, finding.acts, few)


def _matching(
    classifier: Classifier, text: str, acts: Sequence[Act], candidates: Sequence[Candidate]
) -> list[Candidate]:
    """Read every candidate side by side with the sentence; return those that could be sent in its place, best first."""
    if not candidates:
        return []
    read = classifier.encoder.encode([[text, c.text] for c in candidates])
    match = classifier.heads.match(np.stack([v[0] for v in read]), np.stack([v[1] for v in read]))
    could = [
        sendable.probability(text, c.text, c.how, m, c.rule.sent if c.rule else (0, 0))
        for c, m in zip(candidates, match, strict=True)
    ]
    kept = [replace(c, likely=p) for c, p in zip(candidates, could, strict=True) if p >= _SENDABLE + _demand(c, acts)]
    kept.sort(key=lambda c: (-c.likely, c.text))
    return kept[:_SCORED]


def _demand(candidate: Candidate, acts: Sequence[Act]) -> float:
    """Return how much more probable it must be that a candidate could be sent, for what the sentence does."""
    if candidate.how in _CUT:
        return 0.0 if gate.literal(candidate.text, acts) else _NOT_LITERAL
    return _INSULTS if candidate.how == "gist" and acts and acts[0] in ("insult", "venting") else 0.0


def _worded(
    text: str,
    slots_here: Sequence[slots.Slot],
    content: npt.NDArray[np.float64],
    likely: npt.NDArray[np.float64],
    texts: Texts,
    message: About,
) -> list[Candidate]:
    """Return the nearest wordings of what the sentence most probably means, with the writer's words in them.

    A wording is the better the fewer words it has that neither the sentence nor
    its gist knows: each of them is a claim that the writer did not make.
    """
    named = {
        texts.gists[k].name: k
        for k in (int(k) for k in np.argsort(-likely, kind="stable")[:_GISTS])
        if texts.gists[k].say and likely[k] >= _MEANT
    }
    ranked = []
    for row, wording in enumerate(texts.wordings):
        k = named.get(wording.gist, -1)
        if k < 0 or not wordings.suited(wording, message.register, message.scene):
            continue
        if ranking.turn(text, wording.text) > _DRAWN:
            continue
        gist = texts.gists[k]
        carried = [hole for hole in wording.holes if hole != "topic"]
        made = wordings.candidate(wording, slots_here, message.topic, gist.why, float(likely[k]))
        if made is None:
            continue
        strange = len(licence.beyond(made.text, f"{text} {message.topic or ''}", gist.families))
        if strange > _STRANGE:
            continue
        near = float(texts.arrays["wordings"][row].astype(np.float64) @ content)
        # What a wording takes over from the sentence makes it the writer's own.
        own = 0.15 * len(carried) + 0.1 * (wording.register == message.register) - 0.2 * strange
        ranked.append((near + own + float(likely[k]) + _TURN * ranking.turn(text, made.text), made))
    ranked.sort(key=lambda pair: (-pair[0], pair[1].text))
    return [made for _, made in ranked[:_WORDED]]


def _scored(
    classifier: Classifier,
    findings: Sequence[Finding],
    proposed: dict[int, list[Candidate]],
    flagged: Sequence[int],
    strictness: Strictness,
) -> dict[int, list[Scored]]:
    """Score every candidate twice: among its calm neighbours, and the best of them in their place as the draft stands.

    Flagged neighbours colour what stands beside them. Whether a candidate is
    calm is asked without them; whether it is clean in its place, with them.
    """
    places = [(i, c, *_around(findings, i, calm=True)) for i in flagged for c in proposed[i]]
    encoded = classifier.encoder.encode([[*b, c.text, *a] for _, c, b, a in places]) if places else []
    ranked: dict[int, list[tuple[float, Candidate]]] = {i: [] for i in flagged}
    # Where nothing is calm enough for every setting, what is clean at this one is better than no help.
    passable: dict[int, list[tuple[float, Candidate]]] = {i: [] for i in flagged}
    for (i, candidate, before, _), rows in zip(places, encoded, strict=True):
        here = classifier.judge_vectors(rows, strictness).sentences[len(before)]
        ceiling = min(_CEILING[candidate.how], classifier.thresholds["strict"])
        if gate.clean(_as_judged(findings[i]), here, 1.0):
            worth = ranking.value(findings[i].text, candidate, here.scores.risk)
            calm = gate.clean(_as_judged(findings[i]), here, ceiling)
            (ranked if calm else passable)[i].append((worth, candidate))
    ranked |= {i: passable[i] for i in flagged if not ranked[i]}
    best = [(i, v, c, *_around(findings, i)) for i in flagged for v, c in sorted(ranked[i], key=_order)[:_SHOWN]]
    encoded = classifier.encoder.encode([[*b, c.text, *a] for _, _, c, b, a in best]) if best else []
    result: dict[int, list[Scored]] = {i: [] for i in flagged}
    for (i, value, candidate, before, _), rows in zip(best, encoded, strict=True):
        judged = classifier.judge_vectors(rows, strictness)
        first = i - len(before)
        # A sentence that was nearly flagged may be so beside calmer ones; one that was calm must not become so.
        spoiled = any(
            j.labels and findings[first + k].scores.risk <= classifier.thresholds["strict"]
            for k, j in enumerate(judged.sentences)
        )
        here = judged.sentences[len(before)]
        # What is cut out and does not speak of the writer may still be the reproach: it must be calm in company, too.
        cut = candidate.how in _CUT and not gate.own_voice(candidate.text)
        calm = not cut or here.scores.risk <= classifier.thresholds["strict"]
        if not here.labels and not spoiled and calm:
            result[i].append(Scored(candidate, here, value))
    return result


def _order(pair: tuple[float, Candidate]) -> tuple[float, str]:
    return -pair[0], pair[1].text


def _as_judged(finding: Finding) -> Judged:
    return Judged(finding.scores, finding.labels, finding.acts)


def _around(findings: Sequence[Finding], place: int, calm: bool = False) -> tuple[list[str], list[str]]:
    """Return the neighbours before and after a sentence; with ``calm`` those that are not flagged."""
    reach = _NEIGHBOURS if calm else _IN_PLACE
    before, after = findings[max(0, place - reach) : place], findings[place + 1 : place + 1 + reach]
    return [f.text for f in before if not (calm and f.flagged)], [f.text for f in after if not (calm and f.flagged)]


def _options(
    finding: Finding, scored: Sequence[Scored], vector: FloatArray, classifier: Classifier, remove: Suggestion
) -> list[Suggestion]:
    """Return the suggestions for one sentence, the removal first where there is nothing worth keeping."""
    options = [Suggestion(s.candidate.text, "rewrite", s.judged.scores, s.candidate.why) for s in scored]
    likely = classifier.heads.gists(vector)[0]
    needed = max((float(p) for p, g in zip(likely, gists.load(), strict=False) if g.keep), default=0.0)
    # A fact or a request is worth more than a calm letter without it: nothing is better than a wrong "remove it".
    fact = needed >= _NEEDED and not removal.beside_the_point(finding.acts)
    if removal.worth_keeping(finding.text) and (fact or any(x.kind == "amount" for x in slots.find(finding.text))):
        return options
    composed = bool(scored) and scored[0].candidate.how == "gist"
    if composed and float(classifier.heads.idle(vector)[0]) >= _IDLE:
        return [remove, *options]
    return options or [remove]


def _removal(finding: Finding, last: bool) -> Suggestion:
    return Suggestion("", "remove", Scores(0.0, 0.0, 5.0, 0.0), removal.reason(finding.text, finding.acts, last))


def _distinct(texts: Sequence[str], options: dict[int, list[Suggestion]]) -> dict[int, list[Suggestion]]:
    """Drop suggestions that repeat a sentence of the message or the first choice for another one."""
    taken = {ranking.key(t) for t in texts}
    chosen = {}
    for i, found in options.items():
        kept = [s for s in found if s.kind == "remove" or ranking.key(s.text) not in taken]
        taken |= {ranking.key(s.text) for s in kept[:1] if s.text}
        chosen[i] = kept[:_SHOWN]
    return chosen


def _settled(
    classifier: Classifier, findings: Sequence[Finding], chosen: dict[int, list[Suggestion]], strictness: Strictness
) -> dict[int, list[Suggestion]]:
    """Read the letter with every first suggestion taken; one that is not clean in it gives way to the next."""
    for _ in range(_ROUNDS):
        taken = [replace(f, suggestions=tuple(chosen[i])) if i in chosen else f for i, f in enumerate(findings)]
        texts = applied(taken)
        kept = [i for i, t in enumerate(texts) if t]
        judged = classifier.judge([[texts[i] for i in kept]], strictness)[0].sentences
        spoiled = [
            i for i, j in zip(kept, judged, strict=True) if j.labels and chosen.get(i) and texts[i] != findings[i].text
        ]
        if not spoiled:
            break
        for i in spoiled:
            chosen[i] = chosen[i][1:]
    return chosen


def _last(texts: Sequence[str]) -> int:
    """Return the place of the last sentence that is not a sign-off."""
    long = [i for i, t in enumerate(texts) if len(t.split()) > 3]
    return long[-1] if long else len(texts) - 1


@cache
def _texts(classifier: Classifier) -> Texts:
    """Return the shipped texts with their index; nothing where there is none or it is of other texts.

    Encoding thousands of sentences is the business of training: a check never waits for it.
    """
    path = classifier.folder / "rewrites.npz"
    if path.exists():
        known = pairs.load_all(shipped("data/rewrites"))
        calm = wordings.load_all(shipped("data/gists/wordings"))
        if hashlib.sha256(path.read_bytes()).hexdigest() != classifier.about["files"].get(path.name):
            raise ModelError(f"{path}: the file is damaged or was changed (SHA-256 differs from tone.json)")
        arrays = index.load(path)
        if index.fits(arrays, known, calm) and classifier.heads.gist_weights.shape[1] == len(gists.load()):
            return Texts(known, calm, gists.load(), arrays)
    return Texts((), (), (), {})


__all__ = ["Propose", "applied", "suggest"]
