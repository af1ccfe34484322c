"""Download registered files: resumable, checked by sha256, atomically renamed when whole."""

import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from tqdm import tqdm

from charrnn_core.errors import CharRNNError
from poetry.corpus.registry import Dataset, sha256_of

BLOCK = 1 << 16
TIMEOUT = 30.0  # seconds without a byte


def fetch(chosen: Dataset, folder: Path) -> int:
    """Bring every file of the dataset that is missing or damaged; returns how many were brought.

    An interrupted download goes on where it stopped (HTTP Range). Raises CharRNNError when the network
    fails or what came has another hash.
    """
    base = folder / chosen.folder
    wanted = [path for path, file in chosen.files.items() if not _whole(base / path, file.sha256)]
    total = sum(chosen.files[path].bytes for path in wanted)
    with tqdm(total=total, unit="B", unit_scale=True, desc=chosen.name, disable=None if wanted else True) as bar:
        for path in wanted:
            _fetch_one(chosen, path, base / path, bar)
    return len(wanted)


def _whole(path: Path, sha256: str) -> bool:
    return path.exists() and sha256_of(path) == sha256


def _fetch_one(chosen: Dataset, path: str, target: Path, bar: tqdm) -> None:
    file = chosen.files[path]
    address = chosen.address + urllib.parse.quote(path)
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _download(address, part, file.bytes, bar)
        if sha256_of(part) != file.sha256:
            part.unlink()
            raise CharRNNError(
                "{address} gave another file than registered (sha256 differs); try again later", address=address
            )
        part.replace(target)
    except urllib.error.URLError as error:
        raise CharRNNError(
            "cannot fetch {address}: {error}; check the network and run the command again", address=address, error=error
        ) from error
    except OSError as error:
        raise CharRNNError(
            "cannot fetch {address} to {target}: {error}; run the command again to go on",
            address=address,
            target=target,
            error=error,
        ) from error


def _download(address: str, part: Path, size: int, bar: tqdm) -> None:
    have = part.stat().st_size if part.exists() else 0
    if have > size:  # a leftover of something else
        part.unlink()
        have = 0
    if have == size:
        bar.update(have)
        return
    request = urllib.request.Request(address, headers={"Range": f"bytes={have}-"} if have else {})
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        if have and answer.status != 206:  # the server sends the whole file again
            have = 0
        bar.update(have)
        with open(part, "ab" if have else "wb") as out:
            while have < size + 1 and (block := answer.read(BLOCK)):
                out.write(block)
                have += len(block)
                bar.update(len(block))
