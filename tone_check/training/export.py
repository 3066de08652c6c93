"""The trained encoder as ONNX with 8-bit weights: what ships (the ``encoder`` extra).

Weights of matrix products are 8-bit integers with one scale for every 64 of them
(``MatMulNBits``), their inputs are quantised on the fly in blocks of one token, so
that a sentence's vector hangs on nothing but its own message. Embeddings have one
scale a token. The graph is optimised here, once, and not at every start.
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from pathlib import Path

import onnx
import onnxruntime
import torch
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

from tone_check.training.encoder import Reader

_BLOCK = 64


class _ByteEmbedding(torch.nn.Module):  # type: ignore[misc]
    """Word embeddings as signed bytes, one scale a word."""

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        scale = weight.abs().amax(dim=1, keepdim=True).clamp_min(1e-9) / 127
        self.register_buffer("scale", scale)
        self.register_buffer("weight", torch.round(weight / scale).to(torch.int8))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.weight[ids].float() * self.scale[ids]


class _Hidden(torch.nn.Module):  # type: ignore[misc]
    """Token vectors only, of one window a row, none of them padded."""

    def __init__(self, model: Reader) -> None:
        super().__init__()
        self.encoder = model.encoder

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        states: torch.Tensor = self.encoder(input_ids=input_ids).last_hidden_state
        return states


def export(model: Reader, target: Path) -> None:
    """Write the encoder to ``target``; the model itself is left as it was."""
    model.eval()
    words = model.encoder.embeddings.word_embeddings
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw, small = Path(folder) / "encoder.onnx", Path(folder) / "small.onnx"
        model.encoder.embeddings.word_embeddings = _ByteEmbedding(words.weight.detach())
        try:
            torch.onnx.export(
                _Hidden(model),
                (torch.ones(2, 16, dtype=torch.long),),
                str(raw),
                input_names=["input_ids"],
                output_names=["hidden"],
                dynamic_axes={name: {0: "windows", 1: "tokens"} for name in ("input_ids", "hidden")},
                opset_version=17,
                dynamo=False,
            )
        finally:
            model.encoder.embeddings.word_embeddings = words
        logging.getLogger(MatMulNBitsQuantizer.__module__).setLevel(logging.WARNING)  # it names every node it passes
        quantiser = MatMulNBitsQuantizer(onnx.load(raw), bits=8, block_size=_BLOCK, is_symmetric=True, accuracy_level=4)
        quantiser.process()
        quantiser.model.save_model_to_file(str(small))
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = str(target)
        options.log_severity_level = 3
        onnxruntime.InferenceSession(str(small), options, providers=["CPUExecutionProvider"])
