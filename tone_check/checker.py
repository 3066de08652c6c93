"""The pipeline: a draft goes in, a report comes out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tone_check import evidence, guidance, readers, sentences
from tone_check.background import begun
from tone_check.classifier import Classifier, Judged, JudgedMessage
from tone_check.draft import Draft, Sentence
from tone_check.language import is_english
from tone_check.report import ITEMS, Evidence, Finding, Report, Strictness
from tone_check.span import LineIndex, Span

if TYPE_CHECKING:
    from tone_check.rewrites import Own, Propose

_WORD = re.compile(r"\S+")


class ToneChecker:
    """Checks drafts: ``ToneChecker().check("Dear Ms Ruiz, ...")`` returns a ``Report``."""

    def __init__(
        self,
        model: Path | str | Classifier | None = None,
        strictness: Strictness = "normal",
        ignore: Sequence[str] = (),
        suggest: bool = True,
        threads: int = 0,
        propose: Propose | None = None,
    ) -> None:
        """Load the shipped model, or another of the same safe format from a folder, or take one that is loaded.

        A sentence that contains one of the ``ignore`` phrases is scored but never flagged.
        ``propose`` is asked for candidates beside our own, and only when something is flagged (``rewrites.Propose``).

        Raises:
            ModelError: the model is missing, damaged or of another format.
            GuidanceError: the shipped guidance is missing or damaged.
        """
        folder = Path(model) if isinstance(model, (Path, str)) else None
        self.classifier = model if isinstance(model, Classifier) else Classifier(folder, threads)
        self.strictness: Strictness = strictness
        self._ignore = tuple(guidance.fold(phrase) for phrase in ignore)
        self._suggest = suggest
        self._propose = propose
        self._lines = guidance.load()

    def check(self, text: str, source: str = "-") -> Report:
        """Check a draft given as plain text.

        Raises:
            UnreadableError: the text is empty or too long.
        """
        return self.check_draft(readers.read_text(text, source))

    def check_draft(self, draft: Draft) -> Report:
        """Check a draft that a reader has read."""
        return self.check_drafts([draft])[0]

    def check_drafts(self, drafts: Sequence[Draft]) -> list[Report]:
        """Check many drafts; each is judged by itself, so the reports are those of ``check_draft``."""
        split = [sentences.split(draft) for draft in drafts]
        judgeable = [is_english(_own_text(draft)) for draft in drafts]
        messages = [[s.text for s in found] if fit else [] for found, fit in zip(split, judgeable, strict=True)]
        judged = self.classifier.judge(messages, self.strictness)
        return [
            self._report(draft, found, verdict) if fit else Report(draft.source, "not-judged", _UNKNOWN, (), ())
            for draft, found, verdict, fit in zip(drafts, split, judged, judgeable, strict=True)
        ]

    def _report(self, draft: Draft, found: Sequence[Sentence], judged: JudgedMessage) -> Report:
        texts = [s.text for s in found]
        each = [self._ignored(s, j) for s, j in zip(found, judged.sentences, strict=True)]
        lines = [LineIndex.of(part.source) for part in draft.parts]
        findings = []
        for sentence, verdict in zip(found, each, strict=True):
            line, column = lines[sentence.part].position(sentence.source.start)
            findings.append(
                Finding(
                    text=sentence.text,
                    part=draft.parts[sentence.part].name,
                    start=sentence.source.start,
                    end=sentence.source.end,
                    line=line,
                    column=column,
                    scores=verdict.scores,
                    labels=verdict.labels,
                    acts=verdict.acts,
                )
            )
        # The encoder finds the evidence; Python alone edits the writer's words: they work side by side.
        wanted = self._suggest and any(f.flagged for f in findings)
        own = begun(partial(_own_words, tuple(findings))) if wanted else None
        for index, finding in enumerate(findings):
            if finding.flagged:
                found_here = self._evidence(draft, found[index], texts, index, each[index])
                findings[index] = replace(finding, evidence=found_here)
        if own:
            from tone_check.rewrites import suggest

            findings = suggest(self.classifier, findings, self.strictness, self._propose, own())
        acts = {a for f in findings for a in f.acts}
        advice = guidance.advise(self._lines, judged.checklist, " ".join(texts), acts)
        verdict_name = "flagged" if any(f.flagged for f in findings) else "clean"
        return Report(draft.source, verdict_name, judged.checklist, advice, tuple(findings))  # type: ignore[arg-type]

    def _ignored(self, sentence: Sentence, judged: Judged) -> Judged:
        if judged.labels and self._ignore:
            folded = guidance.fold(sentence.text)
            if any(phrase in folded for phrase in self._ignore):
                return replace(judged, labels=(), acts=())
        return judged

    def _evidence(
        self, draft: Draft, sentence: Sentence, texts: Sequence[str], index: int, judged: Judged
    ) -> tuple[Evidence, ...]:
        part = draft.parts[sentence.part]
        places = [m.span() for m in _WORD.finditer(part.text, sentence.span.start, sentence.span.end)]
        words = [m.span() for m in _WORD.finditer(sentence.text)]
        found = []
        for stretch in evidence.find(self.classifier, texts, index, judged.labels):
            span = Span(places[stretch.first][0], places[stretch.end - 1][1])
            source = part.offsets.to_source(span)
            shown = " ".join(span.of(part.text).split())
            within = Span(words[stretch.first][0], words[stretch.end - 1][1])
            found.append(Evidence(source.start, source.end, shown, stretch.label, stretch.weight, within))
        return tuple(found)


def _own_words(findings: Sequence[Finding]) -> Own:
    from tone_check.rewrites import own_words

    return own_words(findings)


_UNKNOWN = dict.fromkeys(ITEMS)


def _own_text(draft: Draft) -> str:
    return "\n".join(span.of(part.text) for part in draft.parts for span in part.own)
