"""Text into HTML. Braces and dollars are escaped too: gradio passes what it shows through a template."""

import html


def escape(text: object) -> str:
    """`text` as it may stand in an element or a quoted attribute."""
    escaped = html.escape(str(text), quote=True)
    return escaped.replace("{", "&#123;").replace("}", "&#125;").replace("$", "&#36;").replace("`", "&#96;")
