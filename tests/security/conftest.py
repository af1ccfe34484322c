"""One server for the attacks of a module, whose log is read at the end: an attack may leave no traceback in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app_server import serving
from tests.security.attacker import Attacker


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the server says."""
    return tmp_path_factory.mktemp("server") / "log"


@pytest.fixture(scope="module")
def attacker(log: Path) -> Iterator[Attacker]:
    """Somebody who can reach the server, and no more."""
    with open(log, "w", encoding="utf-8") as file, serving(log=file) as served:
        yield Attacker(served)
        assert served.health()["status"] == "ok"
    assert "Traceback" not in log.read_text(encoding="utf-8")
