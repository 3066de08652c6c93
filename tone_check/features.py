"""From the sentences of a message to one vector per sentence, read in its message.

The encoder reads the whole message at once, ``[CLS] s1 [SEP] s2 [SEP] ...``, so
every sentence is encoded exactly once and still sees its neighbours; a
sentence's vector is the mean over its own tokens. A long message is read in
windows, each with one sentence of context on either side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tone_check import names

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FloatArray = npt.NDArray[np.float32]

# A sentence of more tokens is cut for the encoder only; no sentence anybody reads in one breath is longer.
SENTENCE_TOKENS = 200
# The tokens a window holds before a new one is begun, and those of a sentence shown beside it for context only;
# together they stay far below the encoder's 512.
WINDOW_TOKENS = 220
CONTEXT_TOKENS = 60


@dataclass(frozen=True, slots=True)
class Window:
    """One input of the encoder: token ids, and where each judged sentence's tokens are.

    ``sentences`` holds ``(index in the message, first token, end token)``.
    """

    ids: tuple[int, ...]
    sentences: tuple[tuple[int, int, int], ...]


_PLAIN = str.maketrans({
    "\u2018": "'", "\u2019": "'", "\u201b": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-",
    "\u2014": "-", "\u2026": "...", "\u00a0": " ", "\u00ad": None, "\u200b": None, "[": "(", "]": ")",
})  # fmt: skip
_SHOUTED = re.compile(r"\b[A-Z]{2,}\b")
SHOUT = "[unused1]"


def readable(sentence: str) -> str:
    """Write a sentence the way the encoder reads it.

    Typographic variants of quotes and dashes are one. The encoder is blind to
    case, so a word in capitals is announced by a marker. Square brackets become
    round ones: no text can pass for one of the encoder's own marks. An unpaired
    surrogate, which the tokenizer cannot take, becomes a question mark.
    """
    plain = sentence.translate(_PLAIN).encode("utf-8", "replace").decode("utf-8")
    return _SHOUTED.sub(lambda m: f"{SHOUT} {m.group()}", plain)


def tokenizer_from(content: bytes) -> Tokenizer:
    """Build the WordPiece tokenizer from the bytes of ``tokenizer.json``, without padding or truncation of its own."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer(content)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.add_special_tokens([SHOUT])
    return tokenizer


def _mark(tokenizer: Tokenizer, name: str) -> int:
    number = tokenizer.token_to_id(name)
    if number is None:
        raise ValueError(f"the tokenizer has no {name}")
    return number


def windows(tokenizer: Tokenizer, sentences: Sequence[str]) -> list[Window]:
    """Cut a message (its sentences in order) into windows that the encoder reads whole."""
    if not sentences:
        return []
    cls, sep = _mark(tokenizer, "[CLS]"), _mark(tokenizer, "[SEP]")
    shown = [readable(s) for s in names.hidden(sentences)]
    encoded = tokenizer.encode_batch_fast(shown, add_special_tokens=False)
    tokens = [[*e.ids[:SENTENCE_TOKENS], sep] for e in encoded]
    result: list[Window] = []
    start = 0
    while start < len(tokens):
        end, size = start, 0
        while end < len(tokens) and (end == start or size + len(tokens[end]) <= WINDOW_TOKENS):
            size += len(tokens[end])
            end += 1
        ids = [cls]
        judged = []
        if start:
            ids.extend(tokens[start - 1][-CONTEXT_TOKENS:])
        for index in range(start, end):
            judged.append((index, len(ids), len(ids) + len(tokens[index])))
            ids.extend(tokens[index])
        if end < len(tokens):
            ids.extend([*tokens[end][: CONTEXT_TOKENS - 1], sep])
        result.append(Window(tuple(ids), tuple(judged)))
        start = end
    return result


def session_from(model: bytes, threads: int = 0) -> Any:
    """Open the exported encoder from its bytes; ``threads`` 0 leaves their number to onnxruntime."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The graph was optimised when it was exported; doing it again would cost a clean check a tenth of its time.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


class Encoder:
    """The exported encoder under onnxruntime: messages in, sentence vectors out."""

    def __init__(self, session: Any, tokenizer: Tokenizer) -> None:
        """Join what ``session_from`` and ``tokenizer_from`` made."""
        self._session = session
        self._tokenizer = tokenizer

    def encode(self, messages: Sequence[Sequence[str]]) -> list[FloatArray]:
        """Return, for every message, an array of shape ``(sentences, dimensions)``."""
        return [self._message(m) for m in messages]

    def _message(self, message: Sequence[str]) -> FloatArray:
        """Encode one message, a window a call: nothing is padded, and on two cores full batches are hardly faster."""
        vectors: dict[int, FloatArray] = {}
        for window in windows(self._tokenizer, message):
            hidden = self._hidden(window)
            for index, first, end in window.sentences:
                vectors[index] = hidden[first:end].mean(axis=0)
        return np.stack([vectors[i] for i in range(len(message))]) if len(message) else np.zeros((0, 0), np.float32)

    def _hidden(self, window: Window) -> FloatArray:
        """Return the token vectors of one window, shape ``(tokens, dimensions)``."""
        ids = np.array([window.ids], np.int64)
        (hidden,) = self._session.run(None, {"input_ids": ids})
        return np.asarray(hidden[0])

    def word_vectors(self, message: Sequence[str], index: int) -> tuple[FloatArray, FloatArray]:
        """Return each word's share in the vector of sentence ``index``, shape ``(words, dimensions)``, and that vector.

        Words are what white space divides; the shares of words cut off by the
        token limit are zero. Together they make up the sentence's vector, up
        to the share of its end mark.
        """
        words = names.hidden(message)[index].split()
        pieces = self._tokenizer.encode_batch_fast([readable(w) for w in words], add_special_tokens=False)
        window = next(w for w in windows(self._tokenizer, message) if any(i == index for i, _, _ in w.sentences))
        hidden = self._hidden(window)
        first, end = next((a, b) for i, a, b in window.sentences if i == index)
        shares = np.zeros((len(words), hidden.shape[1]), np.float32)
        at = first
        for number, piece in enumerate(pieces):
            upto = min(at + len(piece.ids), end)
            shares[number] = hidden[at:upto].sum(axis=0) / (end - first)
            at = upto
        return shares, np.asarray(hidden[first:end].mean(axis=0))
