"""Where a network is trained: on the processor or on a GPU."""

import torch

from charrnn_core.errors import UsageError


def require(device: str) -> None:
    """Raises UsageError when there is no such device."""
    if device == "cuda" and not torch.cuda.is_available():
        raise UsageError("no CUDA GPU is at hand; use --device cpu")


def low_precision(device: str) -> torch.dtype:
    """bfloat16 on a GPU and on a CPU with bf16 instructions, float32 elsewhere."""
    if device == "cuda":
        return torch.bfloat16
    abilities = torch.cpu.get_capabilities()
    return torch.bfloat16 if abilities.get("amx_bf16") or abilities.get("avx512_bf16") else torch.float32
