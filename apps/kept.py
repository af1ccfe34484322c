"""What one does with a poem that is there: copy it, send its link, keep it in one's book, hear it, print it, save it.

The buttons act in the browser (keep.js, book.js); what they need of the poem stands in the data of the element around
them, as text.
"""

import json

from apps import download, link, service
from apps.card import title_of
from apps.texts import say
from charrnn_core.escape import escape
from poetry.prosody.judge import Report
from poetry.writing.poem import Poem

ACTIONS = ("copy", "share", "favour", "speak", "print")  # texts act_... and, for what tells that it is done, done_...
TELLING = ("copy", "share")


def describe(poem: Poem, report: Report) -> str:
    """The row of buttons of one poem, as HTML."""
    name = title_of(poem)
    record = poem.as_dict() | {"title": name, "report": report.as_dict()}
    kept = json.dumps(record, ensure_ascii=False, indent=1)
    text = f"{name}\n{service.rows(poem.text)}\n"
    files = download.link(text.encode(), "text/plain;charset=utf-8", f"{name}.txt", say("save_text")) + download.link(
        kept.encode(), "application/json", f"{name}.json", say("save_json")
    )
    about = {"title": name, "text": poem.text, "form": report.form, "link": link.of_poem(poem)}
    data = " ".join(f'data-{key}="{escape(value)}"' for key, value in about.items())
    row = "".join(_button(action) for action in ACTIONS) + files
    return f'<section class="kept" {data}><p class="links">{row}</p><p class="told" role="status"></p></section>'


def _button(action: str) -> str:
    told = f' data-told="{escape(say(f"done_{action}"))}"' if action in TELLING else ""
    return f'<button type="button" class="act" data-act="{action}"{told}>{escape(say(f"act_{action}"))}</button>'
