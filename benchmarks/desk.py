"""What one more rule would do, before it is saved, against the ways without a diagram: `python -m benchmarks.desk`.

Prints a table and one JSON line per figure. All ways answer for the same random rules in the same run, and every answer
is compared before anything is timed.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from random import Random

from benchmarks.shipped import shipped_spec
from benchmarks.timing import Figure, measure
from configurator.mixing.adding import add_rule
from configurator.mixing.mixer import Mixer
from configurator.mixing.rules import build_model
from configurator.mixing.spec import Rule, RuleKind, Spec

RULES = 50
Counts = tuple[int | None, int | None, int | None]  # broken by, taken away, left
Way = Callable[[Rule], Counts]


def random_rules(spec: Spec, *, seed: int, rules: int) -> list[Rule]:
    """Pairs of components that never go together."""
    rng = Random(seed)
    parts = [part.slug for family in spec.families for part in family.components]
    drawn = (tuple(rng.sample(parts, 2)) for _ in range(rules))
    return [
        Rule(slug="one-more", kind=RuleKind.NEVER_TOGETHER, reason="-", left=(one,), right=(other,))
        for one, other in drawn
    ]


def ways_for(spec: Spec) -> dict[str, Way]:
    mixer = Mixer(spec)

    def ours(rule: Rule) -> Counts:
        added = add_rule(mixer, rule)
        return added.breaks, added.lost, added.left

    def compiled_anew(rule: Rule) -> Counts:
        alone, both = Mixer(replace(spec, rules=(rule,))), Mixer(replace(spec, rules=(*spec.rules, rule)))
        before, left = mixer.count() or 0, both.count() or 0
        return mixer.total - (alone.count() or 0), before - left, left

    def brute_force(rule: Rule) -> Counts:
        law = build_model(spec, [rule])
        broken = lost = left = 0
        for mix in product(*map(range, mixer.model.sizes)):
            breaks, was = not law.admits(mix), mixer.model.admits(mix)
            broken += breaks
            lost += breaks and was
            left += was and not breaks
        return broken, lost, left

    return {"ours": ours, "space compiled anew": compiled_anew, "every mix tried": brute_force}


def run(spec: Spec, *, seed: int, rules: int) -> list[tuple[str, Figure]]:
    """(way, time of one rule), ours first. Raises SystemExit where two ways differ."""
    asked, ways = random_rules(spec, seed=seed, rules=rules), ways_for(spec)
    for rule in asked:
        answers = {way: answer(rule) for way, answer in ways.items()}
        if len(set(answers.values())) > 1:
            raise SystemExit(f"{rule.left} and {rule.right}: {answers}")
    figures = []
    for way, answer in ways.items():

        def ask(answer: Way = answer) -> list[Counts]:
            return [answer(rule) for rule in asked]

        figures.append((way, measure(f"effect, {way}", ask, calls=rules, runs=3)))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rules", type=int, default=RULES)
    arguments = parser.parse_args()
    figures = run(shipped_spec(), seed=arguments.seed, rules=arguments.rules)
    own = figures[0][1]
    print(f"what one of {arguments.rules} random rules would do, all answers equal\n")
    print(f"{'way':<28}{'least us':>12}{'median us':>12}{'ours is x faster':>18}")
    for way, figure in figures:
        ratio = own.times_faster_than(figure)
        print(f"{way:<28}{figure.least_us:>12,.2f}{figure.median_us:>12,.2f}{ratio:>18,.1f}")
    print()
    for _way, figure in figures:
        print(figure.as_json(ratio=round(own.times_faster_than(figure), 2)))


if __name__ == "__main__":
    main()
