"""A visitor who talks to the shop's WSGI application in this process, so that the server's work can be timed alone."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from io import BytesIO
from time import process_time
from typing import Any
from urllib.parse import urlencode, urlsplit

FORM = "application/x-www-form-urlencoded"

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and the CPU seconds that it took the server."""

    status: int
    location: str
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode()

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page's forms, as a browser would send them back."""
        tags = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", self.text)
        pairs = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
        return {name[1]: unescape(value[1]) for name, value in pairs if name and value}


@dataclass(slots=True)
class Visitor:
    """Keeps cookies, and says where a form was sent from, as browsers do."""

    application: Application
    host: str
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self._ask("GET", path, b"", headers or {})

    def post(self, path: str, data: Mapping[str, str]) -> Answer:
        headers = {"Origin": f"http://{self.host}", "Sec-Fetch-Site": "same-origin"}
        return self._ask("POST", path, urlencode(data).encode(), headers)

    def post_json(self, path: str, data: object, headers: Mapping[str, str]) -> Answer:
        return self._ask("POST", path, json.dumps(data).encode(), headers, kind="application/json")

    def _ask(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], *, kind: str = FORM
    ) -> Answer:
        environ = {**self._environ(method, path, body, headers), "CONTENT_TYPE": kind}
        seen: list[Any] = []

        def start_response(status: str, response_headers: list[tuple[str, str]], *_: object) -> None:
            seen.extend((int(status.split(maxsplit=1)[0]), response_headers))

        started = process_time()
        chunks = self.application(environ, start_response)
        content = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        seconds = process_time() - started
        status, sent = seen
        for name, value in sent:
            if name == "Set-Cookie":
                self.cookies.load(value)
        return Answer(status, dict(sent).get("Location", ""), content, seconds)

    def _environ(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        parts = urlsplit(path)
        name, port = self.host.split(":")
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": name,
            "SERVER_PORT": port,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": self.host,
            "HTTP_COOKIE": "; ".join(f"{m.key}={m.value}" for m in self.cookies.values()),
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **{"HTTP_" + key.upper().replace("-", "_"): value for key, value in headers.items()},
        }
