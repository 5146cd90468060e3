"""The server of a dashboard: one that only this machine can ask, unless someone wants it otherwise."""

from __future__ import annotations

import ipaddress
import logging
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from automl.errors import ConfigError

if TYPE_CHECKING:
    from automl.dashboard.copying import Copy

_LOG = logging.getLogger("automl.dashboard")
_Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def require_extra() -> None:
    """Make sure that optuna-dashboard is installed.

    Raises:
        ConfigError: It is not.
    """
    try:
        import optuna_dashboard  # noqa: F401
    except ImportError:
        raise ConfigError("the dashboard needs optuna-dashboard: pip install 'automl[dashboard]'") from None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return False


@contextmanager
def listening(host: str, port: int) -> Iterator[WSGIServer]:
    """A server that has its port, and nothing to show yet; ``server_port`` is its port.

    Args:
        host: Name or address to listen on.
        port: 0 takes any that is free.

    Raises:
        ConfigError: The port is taken, or the host is not one of this machine.
    """
    try:
        server = (_Server6 if ":" in host else _Server)((host, port), _Handler)
    except (OSError, OverflowError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"cannot serve on {host}, port {port}: {why}; name another --port, 0 for a free one"
        ) from None
    with server:
        yield server


def put_on(server: WSGIServer, copy: Copy, host: str) -> None:
    """Let a server show a copy, once its ``serve_forever`` is called, and let people write notes on it.

    On a loopback address only requests that name one are answered, so that no page of another site can ask by a name
    of its own that leads here (DNS rebinding).
    """
    from optuna_dashboard import wsgi

    application = wsgi(copy.storage, artifact_store=copy.artifacts)
    server.set_app(_only_local(application) if is_loopback(host) else application)


class _Server(ThreadingMixIn, WSGIServer):
    """A thread a request: a browser keeps connections open that it asks nothing on yet."""

    daemon_threads = True


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        _LOG.debug(format, *args)

    def address_string(self) -> str:
        return str(self.client_address[0])


def _only_local(application: Any) -> _Application:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = str(environ.get("HTTP_HOST", ""))
        name = asked.rpartition(":")[0] if asked.rpartition(":")[2].isdigit() else asked
        if not is_loopback(name.strip("[]")):
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"This dashboard answers to localhost only."]
        found: Iterable[bytes] = application(environ, start_response)
        return found

    return answer
