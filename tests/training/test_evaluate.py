import json
from pathlib import Path

import numpy as np
import pytest

from tone_check.classifier import Judged, JudgedMessage
from tone_check.report import ITEMS, Act, Label, Scores
from tone_check.training.corpus import Labelled, Message
from tone_check.training.evaluate import bootstrap, calibration_error, metrics, rows, write_predictions


def labelled(resentment: int = 0, blame: int = 0, professionalism: int = 4, *acts: Act) -> Labelled:
    return Labelled("Some text.", resentment, blame, professionalism, acts)


def judged(risk: float, *labels: Label, acts: tuple[Act, ...] = ()) -> Judged:
    return Judged(Scores(risk, risk, 5 - 4 * risk, risk), labels, acts)


def message(number: int, *sentences: Labelled, batch: str = "plain") -> Message:
    checklist = {**dict.fromkeys(ITEMS, True), "accepts-decision": None}
    return Message(f"m-{number}", "email", "core: x", "plain", sentences, checklist, "a", batch)


BAD = labelled(3, 0, 1, "sarcasm")
HINT = labelled(1, 0, 3)
FINE = labelled()
MESSAGES = [message(1, BAD, FINE), message(2, FINE, FINE), message(3, HINT, BAD)]
VERDICTS = [
    JudgedMessage((judged(0.9, "resentment", acts=("sarcasm",)), judged(0.1)), dict.fromkeys(ITEMS, True)),
    JudgedMessage((judged(0.8, "resentment"), judged(0.0)), dict.fromkeys(ITEMS, False)),
    JudgedMessage((judged(0.7, "blame"), judged(0.4)), dict.fromkeys(ITEMS, True)),
]


def test_figures_are_counted_by_hand() -> None:
    result = metrics(MESSAGES, VERDICTS, repeats=0)
    figures = result["figures"]
    # Borderline sentences are left out: five count, two of them bad; one is caught, one clean one is flagged.
    assert result["borderline_sentences"] == 1
    assert figures["flag_precision"] == 0.5
    assert figures["flag_recall"] == 0.5
    assert figures["false_alarms_per_100_clean"] == pytest.approx(33.3333)
    assert figures["clean_messages_flagged_percent"] == 100.0
    # Ranked 0.9 bad, 0.8 fine, 0.4 bad: precision 1 and 2/3 at the two hits.
    assert figures["flag_ap"] == pytest.approx((1 + 2 / 3) / 2, abs=1e-4)
    assert figures["recall_sarcasm"] == 0.5
    assert result["checklist"]["thanks"] == {"n": 3, "agreement": 0.667}
    assert "accepts-decision" not in result["checklist"]


def test_calibration_error_is_the_gap_per_bin() -> None:
    truth = np.array([True, True, False, False])
    assert calibration_error(truth, np.array([0.95, 0.95, 0.05, 0.05])) == pytest.approx(0.05)
    assert calibration_error(truth, np.array([1.0, 1.0, 1.0, 1.0])) == pytest.approx(0.5)


def test_intervals_draw_whole_messages_and_repeat() -> None:
    found = rows(MESSAGES, VERDICTS)
    once, again = bootstrap(found, 50, 1), bootstrap(found, 50, 1)
    assert once == again
    low, high = once["flag_recall"]
    assert 0.0 <= low <= 0.5 <= high <= 1.0


def test_predictions_have_one_row_a_sentence_and_one_a_message(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    write_predictions(path, MESSAGES, VERDICTS)
    written = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(r["id"], r["index"]) for r in written if "index" in r] == [
        (f"m-{m}", i) for m in (1, 2, 3) for i in (0, 1)
    ]
    assert [r["id"] for r in written if "checklist" in r] == ["m-1", "m-2", "m-3"]
    assert written[0] == {
        "id": "m-1", "index": 0, "resentment": 0.9, "blame": 0.9, "professionalism": 1.4, "risk": 0.9,
        "flagged": True, "labels": ["resentment"], "acts": ["sarcasm"],
    }  # fmt: skip
