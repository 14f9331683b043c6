"""Where a request comes from: the page that sent it, and the address behind trusted proxies."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from gateway.settings import Network

PREFIX = {4: 24, 6: 56}


class ForeignOrigin(Exception):
    """A page of another site sent this request."""


def check(request: HTTPConnection, public_url: str) -> None:
    """Refuse what a page of another site sends. Raises ForeignOrigin.

    The threat is a hostile page that makes a visitor's browser talk to us. Browsers name the page's origin in `Origin`
    and `Sec-Fetch-Site` (WHATWG Fetch; W3C Fetch Metadata); programs that are no browsers send neither, which is fine:
    they have nobody's session.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise ForeignOrigin
    origin = request.headers.get("origin")
    if origin is None:
        return
    parts, public = urlsplit(origin), urlsplit(public_url)
    same_host = parts.netloc == request.headers.get("host")
    same_public = (parts.scheme, parts.netloc) == (public.scheme, public.netloc)
    if not parts.netloc or not (same_host or same_public):  # `Origin: null` names no place at all
        raise ForeignOrigin


def address(request: HTTPConnection, trusted: tuple[Network, ...]) -> str:
    """The sender's address prefix (IPv4 /24, IPv6 /56). X-Forwarded-For counts only as far as trusted proxies wrote it."""
    peer = request.client.host if request.client else ""
    hops = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    while hops and _within(peer, trusted):
        peer = hops.pop()
    try:
        ip = ipaddress.ip_address(peer)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{ip}/{PREFIX[ip.version]}", strict=False))


def direct(request: HTTPConnection, networks: tuple[Network, ...]) -> bool:
    """Whether the connection itself comes from one of these networks, whatever its headers say."""
    return _within(request.client.host if request.client else "", networks)


def _within(peer: str, trusted: tuple[Network, ...]) -> bool:
    try:
        ip = ipaddress.ip_address(peer)
    except ValueError:
        return False
    return any(ip in network for network in trusted)
