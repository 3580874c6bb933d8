"""Requests that ask for another protocol, as `curl --http2` does for HTTP/2, and malformed ones."""

from http import HTTPStatus

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.errors import problem_response
from api.middleware.security_headers import OF_EVERY_ANSWER

MALFORMED = "this is not a well-formed HTTP request"


class MalformedRequestError(Exception):
    """What httptools lets pass and RFC 9112 has answered with 400."""


class UpgradeProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which also answers a request whose upgrade it ignores.

    RFC 9110 lets a server ignore `Upgrade`. httptools ends such a request after its head, so that the body is
    lost, and then taken for the next request. Here the head is read a second time, without that header.
    """

    _is_ignored = False

    def _should_upgrade(self) -> bool:
        return super()._should_upgrade() and self.parser.get_method() == b"GET"

    def data_received(self, data: bytes) -> None:
        """Read what has arrived; there may be several requests in it."""
        self._unset_keepalive_if_required()
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserError:
                self._refuse_malformed()
            except httptools.HttpParserUpgrade as upgrade:
                if not self._is_ignored:
                    self.handle_websocket_upgrade()
                elif self.parser.get_method() == b"CONNECT":
                    self._refuse_malformed()
                else:
                    data = self._head_without_upgrade() + data[upgrade.args[0] :]
                    continue
            return

    def on_headers_complete(self) -> None:
        """Wait for the second reading where an upgrade is ignored.

        Raises:
            MalformedRequestError: httptools lets it pass, but not RFC 9112.
        """
        hosts = [name for name, _ in self.headers].count(b"host")
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            raise MalformedRequestError
        self._is_ignored = self.parser.should_upgrade() and not self._should_upgrade()
        if not self._is_ignored:
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The same."""
        if not self._is_ignored:
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
        """Answer as everywhere else, and close: nobody knows where a next request would begin."""
        answer = problem_response(HTTPStatus.BAD_REQUEST, msg, {"Connection": "close"})
        head = b"".join(b"%s: %s\r\n" % header for header in (*answer.raw_headers, *OF_EVERY_ANSWER))
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n%s\r\n%s" % (head, answer.body))
        self.transport.close()
