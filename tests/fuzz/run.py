"""A long fuzzing of one reader with atheris, by hand: `python -m tests.fuzz.run READER [libFuzzer's options]`.

Needs `pip install atheris`. Input that ends in anything but an error of the project stops the run and is written to
crash-...; add it to tests/fuzz/regressions.py. Without a reader, their names are printed.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["apps", "charrnn_core", "poetry", "safetensors", "zipfile", "json"]):
    from tests.fuzz.readers import READERS


def main() -> None:
    """Fuzz the reader that the first argument names, from its seeds on."""
    if len(sys.argv) < 2 or sys.argv[1] not in READERS:
        sys.exit(f"give a reader, one of {' '.join(READERS)}")
    reader = READERS[sys.argv[1]]
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(reader.seeds()):
            (Path(corpus) / str(number)).write_bytes(seed)
        atheris.Setup([sys.argv[0], *sys.argv[2:], corpus], reader)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
