"""Builds all-MiniLM-L6-v2 as an ONNX graph from the published weights.

The package brings weights only; its declared dependency PyTorch would be needed to export them.
The network is small and fixed (BERT, 6 layers, 12 heads of 32, Devlin 2019; mean pooling, Reimers
2019), so it is written down here instead: a sentence per row in, unit vectors of 384 out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

LAYERS, HEADS, WIDTH = 6, 12, 384
HEAD_WIDTH = WIDTH // HEADS
EPSILON = 1e-12


class _Graph:
    """Collects nodes and constants under names of their own."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: np.ndarray) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def number(self, value: float) -> str:
        return self.constant(f"number_{value}", np.array(value, dtype=np.float32))

    def shape(self, *sizes: int) -> str:
        return self.constant(f"shape_{sizes}", np.array(sizes, dtype=np.int64))

    def add(self, operator: str, *inputs: str, **attributes: object) -> str:
        output = f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def linear(self, x: str, name: str) -> str:
        kernel = self.constant(f"{name}.kernel", self.weights[f"{name}.weight"].T)
        bias = self.constant(f"{name}.bias", self.weights[f"{name}.bias"])
        return self.add("Add", self.add("MatMul", x, kernel), bias)

    def normalized(self, x: str, name: str) -> str:
        scale = self.constant(f"{name}.weight", self.weights[f"{name}.weight"])
        bias = self.constant(f"{name}.bias", self.weights[f"{name}.bias"])
        return self.add("LayerNormalization", x, scale, bias, axis=-1, epsilon=EPSILON)

    def gelu(self, x: str) -> str:
        wave = self.add("Erf", self.add("Div", x, self.number(2**0.5)))
        half = self.add("Mul", x, self.number(0.5))
        return self.add("Mul", half, self.add("Add", wave, self.number(1.0)))

    def heads(self, x: str, order: tuple[int, ...]) -> str:
        split = self.add("Reshape", x, self.shape(0, 0, HEADS, HEAD_WIDTH))
        return self.add("Transpose", split, perm=order)


def _embedded(graph: _Graph) -> str:
    words = graph.constant("words", graph.weights["embeddings.word_embeddings.weight"])
    places = graph.constant("places", graph.weights["embeddings.position_embeddings.weight"])
    kind = graph.weights["embeddings.token_type_embeddings.weight"][0]
    length = graph.add("Gather", graph.add("Shape", "input_ids"), graph.shape(1), axis=0)
    window = graph.add("Slice", places, graph.shape(0), length, graph.shape(0))
    placed = graph.add("Add", graph.add("Gather", words, "input_ids"), window)
    typed = graph.add("Add", placed, graph.constant("kind", kind))
    return graph.normalized(typed, "embeddings.LayerNorm")


def _attended(graph: _Graph, x: str, mask: str, layer: str) -> str:
    name = f"{layer}.attention.self"
    query = graph.heads(graph.linear(x, f"{name}.query"), (0, 2, 1, 3))
    key = graph.heads(graph.linear(x, f"{name}.key"), (0, 2, 3, 1))
    value = graph.heads(graph.linear(x, f"{name}.value"), (0, 2, 1, 3))
    scores = graph.add("Div", graph.add("MatMul", query, key), graph.number(HEAD_WIDTH**0.5))
    weights = graph.add("Softmax", graph.add("Add", scores, mask), axis=-1)
    mixed = graph.add("Transpose", graph.add("MatMul", weights, value), perm=(0, 2, 1, 3))
    joined = graph.add("Reshape", mixed, graph.shape(0, 0, WIDTH))
    out = graph.linear(joined, f"{layer}.attention.output.dense")
    return graph.normalized(graph.add("Add", out, x), f"{layer}.attention.output.LayerNorm")


def _layer(graph: _Graph, x: str, mask: str, layer: str) -> str:
    attended = _attended(graph, x, mask, layer)
    wide = graph.gelu(graph.linear(attended, f"{layer}.intermediate.dense"))
    out = graph.linear(wide, f"{layer}.output.dense")
    return graph.normalized(graph.add("Add", out, attended), f"{layer}.output.LayerNorm")


def _pooled(graph: _Graph, x: str, seen: str) -> str:
    column = graph.add("Unsqueeze", seen, graph.shape(2))
    total = graph.add("ReduceSum", graph.add("Mul", x, column), graph.shape(1), keepdims=0)
    count = graph.add("ReduceSum", column, graph.shape(1), keepdims=0)
    mean = graph.add("Div", total, count)
    return graph.add("LpNormalization", mean, axis=-1, p=2)


def build_graph(weights_path: Path) -> onnx.ModelProto:
    """The encoder: `input_ids` and `attention_mask` (batch, tokens; int64) to `vectors`
    (batch, 384; float32, length 1) and `tokens` (batch, tokens, 384), of which they are means."""
    graph = _Graph(load_file(weights_path))
    seen = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    hidden = graph.add("Mul", graph.add("Sub", graph.number(1.0), seen), graph.number(-10000.0))
    mask = graph.add("Unsqueeze", hidden, graph.shape(1, 2))
    x = _embedded(graph)
    for number in range(LAYERS):
        x = _layer(graph, x, mask, f"encoder.layer.{number}")
    graph.nodes.append(helper.make_node("Identity", [_pooled(graph, x, seen)], ["vectors"]))
    graph.nodes.append(helper.make_node("Identity", [x], ["tokens"]))
    tokens = ["batch", "tokens"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, tokens)
        for name in ("input_ids", "attention_mask")
    ]
    outputs = [
        helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", WIDTH]),
        helper.make_tensor_value_info("tokens", TensorProto.FLOAT, [*tokens, WIDTH]),
    ]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes, "all-MiniLM-L6-v2", inputs, outputs, list(graph.constants.values())
        ),
        opset_imports=[helper.make_opsetid("", 17)],
    )
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def write_graph(weights_path: Path, graph_path: Path, bits: Literal[8, 32]) -> None:
    """Write the encoder to `graph_path` with weights of 32 or of 8 bits."""
    onnx.save(build_graph(weights_path), graph_path)
    if bits == 8:
        quantize_dynamic(
            graph_path,
            graph_path,
            weight_type=QuantType.QUInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul"],
        )
