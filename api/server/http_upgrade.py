"""Handle requests for a protocol upgrade, such as `curl --http2` sends, and malformed requests."""

from http import HTTPStatus

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.middleware.security_headers import SECURITY_HEADERS
from api.problem import problem_response

MALFORMED = "this is not a well-formed HTTP request"


class MalformedRequestError(Exception):
    """httptools accepts the request, but RFC 9112 requires a 400."""


class UpgradeProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which also answers a request whose upgrade it ignores.

    RFC 9110 allows a server to ignore `Upgrade`. httptools ends such a request after its head, so that its
    body would be parsed as the next request. This class parses the head a second time, without that header.
    """

    __slots__ = ("_upgrade_ignored",)

    def _should_upgrade(self) -> bool:
        return super()._should_upgrade() and self.parser.get_method() == b"GET"

    def data_received(self, data: bytes) -> None:
        """Parse `data`, which may contain several requests."""
        self._unset_keepalive_if_required()
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserError:
                self._refuse_malformed()
            except httptools.HttpParserUpgrade as upgrade:
                if not self._upgrade_ignored:
                    self.handle_websocket_upgrade()
                elif self.parser.get_method() == b"CONNECT":
                    self._refuse_malformed()
                else:
                    data = self._head_without_upgrade() + data[upgrade.args[0] :]
                    continue
            return

    def on_headers_complete(self) -> None:
        """Start the request, unless its head will be parsed a second time; raise MalformedRequestError."""
        hosts = [name for name, _ in self.headers].count(b"host")
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            raise MalformedRequestError
        self._upgrade_ignored = self.parser.should_upgrade() and not self._should_upgrade()
        if not self._upgrade_ignored:
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """End the request, unless its head will be parsed a second time."""
        if not self._upgrade_ignored:
            super().on_message_complete()

    def _head_without_upgrade(self) -> bytes:
        version = self.parser.get_http_version().encode()
        lines = [b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, version)]
        lines += [b"%s: %s" % header for header in self.headers if header[0] != b"upgrade"]
        return b"\r\n".join([*lines, b"", b""])

    def _refuse_malformed(self) -> None:
        self.logger.warning(MALFORMED)
        self.send_400_response(MALFORMED)

    def send_400_response(self, msg: str) -> None:
        """Send a problem, and close the connection: the start of the next request is unknown."""
        answer = problem_response(HTTPStatus.BAD_REQUEST, msg, {"Connection": "close"})
        head = b"".join(b"%s: %s\r\n" % header for header in (*answer.raw_headers, *SECURITY_HEADERS))
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n%s\r\n%s" % (head, answer.body))
        self.transport.close()
