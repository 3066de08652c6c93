"""The trained encoder as ONNX, quantised to eight bits: what ships (the ``encoder`` extra)."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from tone_check.training.encoder import Reader


class _Hidden(torch.nn.Module):  # type: ignore[misc]
    """Token vectors only, as the shipped encoder gives them."""

    def __init__(self, model: Reader) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        return self.model.hidden(input_ids, attention_mask)


def export(model: Reader, target: Path, quantise: bool = True) -> None:
    """Write the encoder to ``target``.

    Weights become 8-bit integers, one scale per output channel; activations are
    quantised on the fly. Unsigned weights avoid the saturation that signed ones
    suffer on processors without VNNI.
    """
    model.eval()
    ids = torch.ones(2, 16, dtype=torch.long)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = Path(folder) / "encoder.onnx"
        torch.onnx.export(
            _Hidden(model),
            (ids, torch.ones_like(ids)),
            str(raw) if quantise else str(target),
            input_names=["input_ids", "attention_mask"],
            output_names=["hidden"],
            dynamic_axes={n: {0: "windows", 1: "tokens"} for n in ("input_ids", "attention_mask", "hidden")},
            opset_version=17,
            dynamo=False,
        )
        if quantise:
            quantize_dynamic(raw, target, weight_type=QuantType.QUInt8, per_channel=True)
