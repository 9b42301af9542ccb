"""The door of the explorer: who may ask, and what every answer tells the browser.

Any page of the web can reach a port of this machine. As another page it is named in Origin; under a name of its
own that it has bent to this machine it is named in Host: neither is let in. A number in Host cannot be bent.
"""

import ipaddress
from collections.abc import Mapping

from starlette.datastructures import Headers

from agents.explorer.api.policy import Policy
from agents.explorer.api.problems import LONGEST, Problem

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""The page runs its own scripts and asks its own server; the pictures of wallets come as data."""
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""For what others wrote: whatever it is, nothing in it runs."""
HEADERS: Mapping[str, str] = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "vary": "origin",
}
READS = ("GET", "HEAD")


def check_host(headers: Headers, policy: Policy) -> str:
    """The host that the request names. Raises Problem where that is no name of this explorer."""
    hosts = headers.getlist("host")
    host = hosts[0] if len(hosts) == 1 else ""
    name = name_of(host)
    if not (name == "localhost" or is_address(name) or name in policy.names):
        detail = f"this explorer does not go by the name {name[:LONGEST]!r}: start it with --public-url"
        raise Problem(421, "unknown_host", detail)
    return host.lower()


def check_origin(method: str, headers: Headers, host: str, policy: Policy) -> str | None:
    """The page elsewhere that may read the answer; None for the explorer's own page, and for whoever is no page.

    Raises Problem for any other page, whatever it asks.
    """
    origin = headers.get("origin")
    if headers.get("sec-fetch-site") == "cross-site" and origin is None and method not in READS:
        raise Problem(403, "foreign_page", "other pages may not write here")
    if origin is None or origin.lower() in own_origins(host):
        return None
    if origin.lower() in policy.origins and method in (*READS, "OPTIONS"):
        return origin
    raise Problem(403, "foreign_page", "this page may not ask here: start the explorer with --allow-origin")


def own_origins(host: str) -> tuple[str, str]:
    """The origin of the explorer's page, which a proxy may have brought over https."""
    return f"http://{host}", f"https://{host}"


def name_of(host: str) -> str:
    """A host without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and (port.isdigit() or not port) else host).lower()


def is_address(name: str) -> bool:
    """Whether it is a number, as 127.0.0.1 or [::1]."""
    bare = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return False
    return True
