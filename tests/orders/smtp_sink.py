"""A mail server that keeps what it is sent, in this process; it can be told to refuse, to hang up or to say nothing."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto


class Mood(Enum):
    FINE = auto()
    REFUSES_READER = auto()  # 550 to RCPT
    HANGS_UP_AFTER_TAKING = auto()  # the mail is kept, the sender never learns it
    SAYS_NOTHING = auto()


@dataclass(slots=True)
class Sink:
    """`mails` are (sender, readers, content) as they came over the wire, `visits` counts who has connected."""

    port: int = 0
    mood: Mood = Mood.FINE
    visits: int = 0
    mails: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def open_sink(mood: Mood = Mood.FINE) -> Iterator[Sink]:
    sink = Sink(mood=mood)

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            talk(self, sink)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Conversation) as server:
        sink.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield sink
        finally:
            sink.closing.set()
            server.shutdown()
            thread.join()


def talk(connection: socketserver.StreamRequestHandler, sink: Sink) -> None:
    """RFC 5321 as far as a client needs it that trusts the server."""
    sink.visits += 1
    if sink.mood is Mood.SAYS_NOTHING:
        sink.closing.wait(60)
        return
    say = connection.wfile.write
    sender, readers = "", list[str]()
    say(b"220 sink\r\n")
    while line := connection.rfile.readline():
        words = line.decode().strip()
        match words.upper().partition(" ")[0]:
            case "EHLO" | "HELO":
                say(b"250-sink\r\n250 8BITMIME\r\n")
            case "MAIL":
                sender, readers = address_in(words), []
                say(b"250 ok\r\n")
            case "RCPT" if sink.mood is Mood.REFUSES_READER:
                say(b"550 nobody of that name\r\n")
            case "RCPT":
                readers.append(address_in(words))
                say(b"250 ok\r\n")
            case "DATA":
                say(b"354 go on\r\n")
                sink.mails.append((sender, readers, read_data(connection)))
                if sink.mood is Mood.HANGS_UP_AFTER_TAKING:
                    return
                say(b"250 ok\r\n")
            case "QUIT":
                say(b"221 bye\r\n")
                return
            case _:
                say(b"250 ok\r\n")


def address_in(words: str) -> str:
    return words.partition("<")[2].partition(">")[0]


def read_data(connection: socketserver.StreamRequestHandler) -> bytes:
    lines = []
    while (line := connection.rfile.readline()) not in (b".\r\n", b""):
        lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
    return b"".join(lines)
