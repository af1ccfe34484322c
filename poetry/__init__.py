"""Classical Chinese verse with RNN, GRU and LSTM.

    from poetry import Writer

    print(Writer().write("春"))  # a 七绝 that begins with 春

The public names are those of __all__. Each is imported when it is first asked for: importing the package does no work.
The function `check` has the name of a command, `python -m poetry.check`, which nobody imports.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from charrnn_core.command import end_at_ctrl_c

if TYPE_CHECKING:
    from charrnn_core.errors import CharRNNError, UsageError
    from poetry.prosody.judge import Report, check
    from poetry.writing.model import Model, load, shipped
    from poetry.writing.order import Order
    from poetry.writing.poem import Poem
    from poetry.writing.writer import Writer

__all__ = ["CharRNNError", "Model", "Order", "Poem", "Report", "UsageError", "Writer", "check", "load", "shipped"]

_HOMES = {
    "CharRNNError": "charrnn_core.errors",
    "UsageError": "charrnn_core.errors",
    "Report": "poetry.prosody.judge",
    "check": "poetry.prosody.judge",
    "Model": "poetry.writing.model",
    "load": "poetry.writing.model",
    "shipped": "poetry.writing.model",
    "Order": "poetry.writing.order",
    "Poem": "poetry.writing.poem",
    "Writer": "poetry.writing.writer",
}

end_at_ctrl_c()


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
