"""批量 (batch): a list of wishes in, a file of poems out, within limits."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from apps import batch, download, limits, networks
from apps.events import on, stops
from apps.shared import shared
from apps.texts import say
from charrnn_core.errors import UsageError
from charrnn_core.escape import escape
from poetry.text.decoding import GB18030
from poetry.text.forms import FORMS, QIJUE

FORMATS = ("JSON lines", "CSV")
EXAMPLE = "春\n秋月\n江南"


def build(t: Any) -> None:
    """Lay out the tab within the current Blocks."""
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            prompts = gr.Textbox(
                EXAMPLE,
                label=t("prompts"),
                info=t("prompts_info"),
                lines=8,
                max_lines=20,
                max_length=limits.BATCH_TEXT,
            )
            file = gr.UploadButton(t("prompts_file"), file_types=[".txt", ".csv", ".jsonl"], type="filepath", size="sm")
            on(file.upload, _read, file, prompts)
            form = gr.Dropdown([f.name for f in FORMS], value=QIJUE.name, label=t("form"))
            cell = gr.Radio(list(networks.cells()), value=networks.cells()[0], label=t("cell"))
            kind = gr.Radio(list(FORMATS), value=FORMATS[0], label=t("file_format"))
            with gr.Row():
                start = gr.Button(t("write_all"), variant="primary", elem_id="batch")
                stop = gr.Button(t("stop"), variant="stop")
        with gr.Column(scale=3, min_width=300):
            result = gr.HTML(elem_id="batch-result")
    on(
        start.click,
        _write,
        [prompts, form, cell, kind],
        result,
        place=limits.BATCH,
        seconds=limits.BATCH_SECONDS,
    )
    stops(stop.click, _write)


def _write(
    prompts: Any,
    form: Any,
    cell: Any,
    kind: Any,
    request: gr.Request,
    progress: gr.Progress = gr.Progress(),  # noqa: B008
) -> Iterator[str]:
    """The table grows with every poem; at the end there is a file to keep."""
    wishes = batch.rows(limits.rows(prompts, "prompts", limits.BATCH_TEXT))
    kind = limits.choice(kind, "file_format", FORMATS)
    records: list[batch.Record] = []
    for record in shared().jobs.results(batch.write, wishes, form, cell):
        records.append(record)
        progress((len(records), len(wishes)))
        yield _table(records)
    if kind == "CSV":
        link = download.link(batch.as_csv(records), "text/csv", "poems.csv", say("save_file"))
    else:
        link = download.link(batch.as_json_lines(records), "application/jsonl", "poems.jsonl", say("save_file"))
    failed = sum("error" in record for record in records)
    state = say("batch_done", done=len(records) - failed, failed=failed)
    yield f'<p role="status">{escape(state)}</p><p class="links">{link}</p>{_table(records)}'


def _read(file: Any, request: gr.Request) -> str:
    """The rows of an uploaded file, to be seen before they are written."""
    path = shared().uploads.named(file)
    if path.stat().st_size > limits.BATCH_TEXT * 4:
        raise UsageError(
            say("too_long", name=say("prompts_file"), longest=limits.BATCH_TEXT, length=path.stat().st_size)
        )
    text, encoding = batch.text_of(path.read_bytes())
    if encoding == GB18030:
        gr.Info(say("read_as_gb18030"))
    return text


def _table(records: list[batch.Record]) -> str:
    rows = "".join(
        f"<tr><td>{record['row']}</td>"
        + (
            f'<td class="bad">{escape(record["error"])}</td></tr>'
            if "error" in record
            else f'<td lang="zh-Hans">{escape(record["text"])}</td></tr>'
        )
        for record in records
    )
    return f'<div class="wide" tabindex="0"><table class="poems">{rows}</table></div>'
