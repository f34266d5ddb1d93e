"""The space of the first catalogue against brute force and python-constraint: `python -m benchmarks.catalogue`.

Prints a table and one JSON line per figure. All ways answer the same random questions in the same run, and every
answer is compared before anything is timed.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from random import Random
from typing import Any

from constraint import Problem  # type: ignore[import-untyped]

from benchmarks.shipped import shipped_spec
from benchmarks.timing import Figure, measure
from configurator.mixing.compiling import compile_space
from configurator.mixing.mixer import Mixer
from configurator.mixing.model import Mix, Model
from configurator.mixing.rules import build_model, hard_rules

QUESTIONS = 200
FEW = 5  # questions that are asked of the slow ways

Question = tuple[dict[int, int], Mix]  # a partial mix, and a combination to check
Answer = Callable[[Question], object]
Answers = dict[str, Answer]


def ask_questions(model: Model, *, seed: int, questions: int) -> list[Question]:
    """Random makeable partial mixes, and random combinations, makeable or not."""
    rng, space = Random(seed), compile_space(model)
    asked = []
    for _ in range(questions):
        mix = space.sample(rng) or ()
        slots = rng.sample(range(len(mix)), rng.randint(0, len(mix)))
        asked.append(
            ({slot: mix[slot] for slot in slots}, tuple(rng.randrange(size) for size in model.sizes))
        )
    return asked


def ours(model: Model) -> Answers:
    space = compile_space(model)
    return {
        "compile": lambda _question: compile_space(model).count(),
        "options": lambda question: space.options(question[0]),
        "count": lambda question: space.count(question[0]),
        "check": lambda question: not model.violated(question[1]),
    }


def brute_force(model: Model) -> Answers:
    """Every combination tried for every question."""

    def makeable() -> list[Mix]:
        return [mix for mix in product(*map(range, model.sizes)) if model.admits(mix)]

    return {
        "compile": lambda _question: len(makeable()),
        "options": lambda question: _options_among(makeable(), question[0], len(model.sizes)),
        "count": lambda question: _count_among(makeable(), question[0]),
        "check": lambda question: question[1] in makeable(),
    }


def listed(model: Model) -> Answers:
    """Brute force that has the list of all makeable mixes at hand."""
    mixes = [mix for mix in product(*map(range, model.sizes)) if model.admits(mix)]
    members = set(mixes)
    return {
        "compile": lambda _question: sum(map(model.admits, product(*map(range, model.sizes)))),
        "options": lambda question: _options_among(mixes, question[0], len(model.sizes)),
        "count": lambda question: _count_among(mixes, question[0]),
        "check": lambda question: question[1] in members,
    }


def python_constraint(model: Model) -> Answers:
    """python-constraint's default solver: a problem set up per question, the choices as domains of one value."""

    def options(question: Question) -> tuple[int, ...]:
        chosen = question[0]
        found = []
        for slot in range(len(model.sizes)):
            others = {other: choice for other, choice in chosen.items() if other != slot}
            values = {mix[slot] for mix in _problem(model, others).getSolutions()}
            found.append(sum(1 << option for option in values))
        return tuple(found)

    return {
        "compile": lambda _question: len(_problem(model, {}).getSolutions()),
        "options": options,
        "count": lambda question: len(_problem(model, question[0]).getSolutions()),
        "check": lambda question: _problem(model, dict(enumerate(question[1]))).getSolution() is not None,
    }


def _problem(model: Model, chosen: Mapping[int, int]) -> Any:
    problem = Problem()
    for slot, size in enumerate(model.sizes):
        problem.addVariable(slot, [chosen[slot]] if slot in chosen else range(size))
    for nogood in model.nogoods:
        masks = [mask for _, mask in nogood.parts]
        problem.addConstraint(
            lambda *options, masks=masks: not all(m >> o & 1 for m, o in zip(masks, options, strict=True)),
            list(nogood.scope),
        )
    for limit in model.limits:
        rows = [row for _, row in limit.weights]
        problem.addConstraint(
            lambda *options, rows=rows, high=limit.high: (
                sum(row[o] for row, o in zip(rows, options, strict=True)) <= high
            ),
            list(limit.scope),
        )
    return problem


def _options_among(mixes: Sequence[Mix], chosen: Mapping[int, int], slots: int) -> tuple[int, ...]:
    found = [0] * slots
    for mix in mixes:
        missed = [slot for slot, option in chosen.items() if mix[slot] != option]
        for slot in range(slots) if not missed else missed if len(missed) == 1 else ():
            found[slot] |= 1 << mix[slot]
    return tuple(found)


def _count_among(mixes: Sequence[Mix], chosen: Mapping[int, int]) -> int:
    return sum(all(mix[slot] == option for slot, option in chosen.items()) for mix in mixes)


WAYS: dict[str, Callable[[Model], Answers]] = {
    "ours": ours,
    "brute force": brute_force,
    "brute force, mixes listed": listed,
    "python-constraint": python_constraint,
}
SLOW = ("brute force", "python-constraint")


def compare_answers(ways: Mapping[str, Answers], questions: Sequence[Question]) -> None:
    """Raises SystemExit where two ways differ."""
    for what, answer in ways["ours"].items():
        for question in questions:
            expected = answer(question)
            for way, answers in ways.items():
                if (found := answers[what](question)) != expected:
                    raise SystemExit(f"{way} says {found} to {what} of {question}; ours says {expected}")


def run(model: Model, *, seed: int, questions: int) -> list[tuple[str, str, Figure]]:
    """The figures as (question, way, time of one), ours first for each question."""
    asked = ask_questions(model, seed=seed, questions=questions)
    ways = {way: make(model) for way, make in WAYS.items()}
    compare_answers(ways, asked)
    figures = []
    for what in ways["ours"]:
        for way, answers in ways.items():
            few = asked[:FEW] if way in SLOW else asked
            answer = answers[what]

            def ask(answer: Answer = answer, few: Sequence[Question] = few) -> list[object]:
                return [answer(question) for question in few]

            figure = measure(f"{what}, {way}", ask, calls=len(few), runs=3)
            figures.append((what, way, figure))
    return figures


def print_shop_questions(mixer: Mixer) -> None:
    """What the shop asks, in slugs and with reasons, labels and prices, as a ratio to the bare question above it."""
    size = mixer.read_size(None)
    mix = {"base": "warm-hearth", "main": "mend", "second": "quench"}
    indices = dict(enumerate(mixer.model_indices(mix)))
    bare = measure("options", lambda: mixer.space.options(indices))
    told = measure("options with reasons and prices", lambda: mixer.options(mix, size=size))
    verdict = measure("check with label and price", lambda: mixer.check(mix, size=size))
    for figure in (bare, told, verdict):
        print(figure.as_json(ratio_to_bare_options=round(bare.times_faster_than(figure), 1)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    arguments = parser.parse_args()
    spec = shipped_spec()
    model = build_model(spec, hard_rules(spec))
    figures = run(model, seed=arguments.seed, questions=arguments.questions)
    print(f"{compile_space(model)}; {arguments.questions} random questions, all answers equal\n")
    print(f"{'question':<10}{'way':<28}{'least us':>12}{'median us':>12}{'ours is x faster':>18}")
    lines = []
    for what, way, figure in figures:
        own = next(f for asked, by, f in figures if asked == what and by == "ours")
        ratio = own.times_faster_than(figure)
        print(f"{what:<10}{way:<28}{figure.least_us:>12,.2f}{figure.median_us:>12,.2f}{ratio:>18,.1f}")
        lines.append(figure.as_json(ratio=round(ratio, 2), mixes=compile_space(model).count()))
    print("\n" + "\n".join(lines))
    print_shop_questions(Mixer(spec))


if __name__ == "__main__":
    main()
