"""Files for the browser to keep, as links that carry their content: the server writes and keeps none."""

import base64

from charrnn_core.escape import escape


def link(content: bytes, kind: str, name: str, label: str) -> str:
    """A link that saves `content` under a file name."""
    return f'<a class="save" download="{escape(_safe(name))}" href="{_address(content, kind)}">{escape(label)}</a>'


def image(png: bytes, description: str) -> str:
    """A picture that carries its content."""
    return f'<img class="picture" alt="{escape(description)}" src="{_address(png, "image/png")}">'


def drawing(svg: str, description: str) -> str:
    """A drawing that carries its content."""
    return f'<img alt="{escape(description)}" src="{_address(svg.encode(), "image/svg+xml")}">'


def _address(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _safe(name: str) -> str:
    """A file name without anything a file system could mistake for a path."""
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in name).lstrip(".") or "poem"
