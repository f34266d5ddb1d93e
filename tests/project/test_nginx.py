"""What nginx answers for a shop that is away, or half of it: nobody is left with an answer that says nothing."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from configurator.problems import BusyProblem
from tests.behind_nginx import missing_programs, open_nginx
from tests.processes import find_free_port

TIMES = 6  # of two groups that take turns, each is asked
Answer = Callable[[BaseHTTPRequestHandler], None]

pytestmark = [
    pytest.mark.any_database,
    pytest.mark.skipif(
        bool(missing_programs("nginx", "openssl")), reason="nginx or openssl is not on this machine"
    ),
]


class Groups:
    """Two groups of each kind behind nginx, those that were opened; `asked` are the paths of requests, in order."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.pages, self.fulfilment = ([find_free_port() for _group in range(2)] for _kind in range(2))
        self.asked: list[str] = []
        port = find_free_port()
        stack.enter_context(open_nginx(tls=port, pages=self.pages, fulfilment=self.fulfilment))
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = (
            False,
            ssl.CERT_NONE,
        )  # its certificate was made for this test
        self.client = httpx.Client(
            base_url=f"https://127.0.0.1:{port}", verify=context, trust_env=False, timeout=30
        )
        stack.enter_context(self.client)

    def open(self, port: int, answer: Answer) -> None:
        self.stack.enter_context(serving(port, answer, self.asked))


@contextmanager
def serving(port: int, answer: Answer, asked: list[str]) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer(self)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def with_status(status: int, body: str = "") -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body.encode())

    return answer


def dies(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


@pytest.fixture
def groups() -> Iterator[Groups]:
    with ExitStack() as stack:
        yield Groups(stack)


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/sitemap.xml"), ("POST", "/checkout")])
def test_a_shopper_whom_no_group_answers_reads_what_to_do(groups: Groups, method: str, path: str) -> None:
    answer = groups.client.request(method, path)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<h1>We cannot answer just now</h1>" in answer.text
    assert "an order is never placed or\ncharged twice" in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/fulfilment/v1/claims"),
        ("GET", "/api/fulfilment/v1/labels/1.html"),
        ("GET", "/api/shop/v1/recipes"),
    ],
)
def test_a_program_that_no_group_answers_is_told_in_its_own_words(
    groups: Groups, method: str, path: str
) -> None:
    answer = groups.client.request(method, path)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(answer.text)
    assert (problem["type"], problem["title"], problem["status"]) == (
        f"/problems/{BusyProblem.code}", BusyProblem.title, BusyProblem.status,
    )  # fmt: skip
    assert "same Idempotency-Key" in problem["detail"]


def test_while_one_group_of_each_kind_is_away_the_other_answers_all(groups: Groups) -> None:
    groups.open(groups.pages[1], with_status(200))
    groups.open(groups.fulfilment[1], with_status(200))

    said = [
        groups.client.post(path).status_code
        for path in ("/", "/api/fulfilment/v1/claims")
        for _ in range(TIMES)
    ]

    assert said == [200] * 2 * TIMES


@pytest.mark.parametrize("path", ["/checkout", "/api/fulfilment/v1/claims"])
def test_what_a_dying_group_may_have_done_is_not_sent_to_the_other(groups: Groups, path: str) -> None:
    for port in (*groups.pages, *groups.fulfilment):
        groups.open(port, dies)

    answer = groups.client.post(path)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert groups.asked == [path]


@pytest.mark.parametrize("status", [404, 500, 503])
def test_what_the_shop_itself_answers_is_passed_on(groups: Groups, status: int) -> None:
    for port in (*groups.pages, *groups.fulfilment):
        groups.open(port, with_status(status, "its own words"))

    answers = [groups.client.get(path) for path in ("/", "/api/shop/v1/", "/api/fulfilment/v1/me")]

    assert {(answer.status_code, answer.text) for answer in answers} == {(status, "its own words")}


def test_a_file_that_only_the_upgraded_group_knows_is_found(groups: Groups) -> None:
    groups.open(groups.pages[0], with_status(404))
    groups.open(groups.pages[1], with_status(200, "body {}"))

    said = [groups.client.get("/static/shop.1a2b.css").text for _ in range(TIMES)]

    assert said == ["body {}"] * TIMES
    assert [groups.client.get("/mix/gone").status_code for _ in range(2)].count(
        404
    ) == 1  # only files are looked for
