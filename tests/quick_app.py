"""The app as it is, but that poems are chosen among few: for tests of what the page does, whatever the poem says."""

import sys

from apps import gradio_app, service

if __name__ == "__main__":
    service.CANDIDATES = 4
    sys.exit(gradio_app.main())
