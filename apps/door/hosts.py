"""Who may be addressed and who may ask: the Host and Origin headers.

A page of another site can make a browser send requests here. It cannot choose the Origin the browser names. If its
own name is made to point to this machine (DNS rebinding) the Origin fits, but the Host is that name; so Host must be
a name this server is known by. An address (not a name) cannot be rebound. What a proxy says the host was,
X-Forwarded-Host, counts as Host: gradio writes it into the page.
"""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from apps.door.refusal import Refusal

LOOPBACK = ("localhost", "127.0.0.1", "::1")
EVERY_ADDRESS = ("0.0.0.0", "::", "")
PAGE = "/"  # the one thing another site may lead to: by a link

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Hosts:
    """The names and addresses this server answers to, besides those of loopback."""

    host: str = "127.0.0.1"  # what it listens on
    allowed: Collection[str] = ()  # what else it is known by: --allowed-host

    def check(self, method: str, path: str, headers: Headers) -> None:
        """Raises Refusal for a Host that is not ours, and for whatever a page of another site sends."""
        hosts = _values(headers, b"host")
        forwarded = [each.strip() for value in _values(headers, b"x-forwarded-host") for each in value.split(",")]
        if len(hosts) != 1 or not all(self.answers_to(_name(each)) for each in (*hosts, *forwarded)):
            raise Refusal(421, "this server is not known by that host name; name it with --allowed-host")
        origins = _values(headers, b"origin")
        if len(origins) > 1 or (origins and not self._own(origins[0], hosts[0])):
            raise Refusal(403, "requests from pages of other sites are refused")
        followed = method == "GET" and path == PAGE
        if not followed and {*_values(headers, b"sec-fetch-site")} - {"same-origin", "none"} and not origins:
            raise Refusal(403, "requests from pages of other sites are refused")

    def answers_to(self, name: str) -> bool:
        """Whether a host name (without port) is one of ours."""
        known = {*LOOPBACK, self.host.lower(), *(each.lower() for each in self.allowed)} - {*EVERY_ADDRESS}
        return name in known or (self.host in EVERY_ADDRESS and _is_address(name))

    def _own(self, origin: str, host: str) -> bool:
        """Whether an origin is this server as the client addressed it, or one that --allowed-host names."""
        try:
            parts = urlsplit(origin)
            named = parts.netloc.lower() == host.lower() or _name(parts.netloc) in {n.lower() for n in self.allowed}
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and named


def _values(headers: Headers, name: bytes) -> list[str]:
    return [value.decode("latin-1").strip() for key, value in headers if key == name]


def _name(host: str) -> str:
    """A Host header without its port and brackets; empty when it is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        wrong = parts.path or parts.query or parts.fragment or parts.username is not None
        return "" if wrong or (parts.port or 1) < 1 else parts.hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
