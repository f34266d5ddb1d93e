"""Spaces of any size, over random complete click sessions: `python -m benchmarks.space FILE...`.

Prints one JSON line per file. A session starts with nothing chosen; a random open option of a random open slot is
chosen until none is left, and every question for the options is timed. `--peer` asks a peer the same questions in the
same run, compares every answer and prints how many times longer it took. All times are CPU time.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import fmean
from time import process_time

from benchmarks.instances import read_instance
from benchmarks.peers import PEERS, PeerMissing
from configurator.mixing.filtering import SpaceUndecided, make_space
from configurator.mixing.model import Model
from configurator.mixing.space import Space
from configurator.mixing.storing import to_bytes
from configurator.mixing.walking import bits

MILLISECONDS = 1e3
MICROSECONDS = 1e6
SHORT = 2e-4  # seconds below which reading the clock would show
REPEATS = 20

Choices = dict[int, int]


@dataclass
class Sessions:
    """The questions of some sessions, their answers, and the seconds that each took."""

    asked: list[tuple[Choices, tuple[int, ...]]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    refused: list[tuple[Choices, int, int]] = field(default_factory=list)  # options that were not open

    def play(self, space: Space, rng: Random) -> None:
        chosen: Choices = {}
        left = set(range(len(space.sizes)))
        while True:
            found, seconds = ask(space, chosen)
            self.seconds.append(seconds)
            self.asked.append((dict(chosen), found))
            closed = [
                (slot, option)
                for slot in sorted(left)
                for option in range(space.sizes[slot])
                if not found[slot] >> option & 1
            ]
            if closed:
                self.refused.append((dict(chosen), *rng.choice(closed)))
            if not left or not all(found):
                return
            slot = rng.choice(sorted(left))
            left.remove(slot)
            chosen[slot] = rng.choice(bits(found[slot]))


def ask(space: Space, chosen: Choices) -> tuple[tuple[int, ...], float]:
    """The options and the CPU seconds they took; short questions are asked again until the clock can see them."""
    started = process_time()
    found = space.options(chosen)
    once = process_time() - started
    if once > SHORT or not space.exact_count:
        return found, once
    started = process_time()
    for _ in range(REPEATS):
        space.options(chosen)
    return found, (process_time() - started) / REPEATS


def percentile(figures: Sequence[float], share: float) -> float:
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def timed(call: Callable[[], object], runs: int = 1) -> float:
    """The least CPU time of some runs, in seconds."""
    taken = []
    for _ in range(runs):
        started = process_time()
        call()
        taken.append(process_time() - started)
    return min(taken)


def explain(space: Space, refused: Sequence[tuple[Choices, int, int]]) -> list[float]:
    """The seconds that each refused option takes to explain, once the automata of the rules are made."""
    for chosen, slot, option in refused[:1]:
        space.why_not(slot, option, chosen)
    return [timed(lambda each=each: space.why_not(each[1], each[2], each[0])) for each in refused]  # type: ignore[misc]


def measure(
    path: Path, model: Model, *, seed: int, sessions: int, explained: int
) -> tuple[dict[str, object], Sessions]:
    """The figures of one file, and the sessions that were played."""
    started = process_time()
    space = make_space(model)
    compile_seconds = process_time() - started
    rng = Random(seed)
    played = Sessions()
    for _ in range(sessions):
        played.play(space, rng)
    refused = rng.sample(played.refused, min(explained, len(played.refused)))
    explaining = explain(space, refused)
    figures: dict[str, object] = {
        "file": path.name,
        "slots": len(model.sizes),
        "rules": len(model.constraints),
        "exact": space.exact_count,
        "count": space.count() if space.exact_count else None,
        "nodes": space.nodes,
        "arcs": space.arcs,
        "bytes": len(to_bytes(space)),
        "compile_ms": round(compile_seconds * MILLISECONDS, 3),
        "query_mean_us": round(fmean(played.seconds) * MICROSECONDS, 2),
        "p50": round(percentile(played.seconds, 0.5) * MICROSECONDS, 2),
        "p95": round(percentile(played.seconds, 0.95) * MICROSECONDS, 2),
        "max": round(max(played.seconds) * MICROSECONDS, 2),
        "count_ms": round(timed(space.count, 5) * MILLISECONDS, 4) if space.exact_count else None,
        "explain_p95_ms": round(percentile(explaining, 0.95) * MILLISECONDS, 3) if explaining else None,
    }
    return figures, played


def compare(model: Model, played: Sessions, peer: str, *, most: int) -> Mapping[str, object]:
    """The peer's figures for the first questions of the sessions. Raises SystemExit where an answer differs."""
    started = process_time()
    options = PEERS[peer](model)
    set_up = process_time() - started
    ours = theirs = 0.0
    asked = played.asked[:most]
    for (chosen, expected), seconds in zip(asked, played.seconds, strict=False):
        started = process_time()
        found = options(chosen)
        theirs += process_time() - started
        ours += seconds
        if found != expected:
            raise SystemExit(f"{peer} says {found} to the options beside {chosen}; ours says {expected}.")
    return {
        "peer": peer,
        "peer_questions": len(asked),
        "peer_set_up_ms": round(set_up * MILLISECONDS, 3),
        "peer_mean_us": round(theirs / len(asked) * MICROSECONDS, 2),
        "times_faster": round(theirs / ours, 1) if ours else None,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.space", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--explained", type=int, default=20, help="refused options to explain")
    parser.add_argument("--peer", choices=sorted(PEERS))
    parser.add_argument(
        "--peer-questions", type=int, default=200, help="at most so many are asked of the peer"
    )
    chosen = parser.parse_args(arguments)
    for path in chosen.files:
        model = read_instance(path)
        try:
            figures, played = measure(
                path, model, seed=chosen.seed, sessions=chosen.sessions, explained=chosen.explained
            )
            if chosen.peer:
                figures.update(compare(model, played, chosen.peer, most=chosen.peer_questions))
        except (SpaceUndecided, PeerMissing) as error:
            sys.exit(f"{path.name}: {error}")
        print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
