"""The shop's figures as metrics of Prometheus; docs/operations.md says what each means."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from orders.figures import Figures, seconds_since


def write_metrics(figures: Figures) -> bytes:
    """The figures in the text format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(FiguresCollector(figures))
    return generate_latest(registry)


class FiguresCollector(Collector):
    """Metrics of figures that were read for one answer: nothing is counted in the process."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures

    def collect(self) -> Iterator[Metric]:
        figures = self.figures
        yield from self._outbox()
        yield from self._jobs()
        yield _gauge("claims_recent", "Claims within the last 15 minutes", figures.moves.claims)
        yield self._hand_offs()
        yield _gauge("feed_last_seq", "The number of the newest event in the feed", figures.feed_seq)
        yield _gauge(
            "webhooks_failing", "Webhooks that are on and failed last time", figures.webhooks_failing
        )
        yield _gauge("webhooks_off", "Webhooks that are switched off", figures.webhooks_off)
        yield from self._pulses()
        yield _gauge("orders_placed_last_hour", "Orders placed within the last hour", figures.placed)
        yield _gauge("orders_paid_last_hour", "Orders paid within the last hour", figures.paid)

    def _outbox(self) -> Iterator[Metric]:
        figures = self.figures
        yield _gauge_by(
            "topic", "outbox_pending", "Outbox entries still to be done", figures.pending.by_topic
        )
        yield _gauge(
            "outbox_oldest_pending_seconds",
            "Age of the oldest outbox entry that is still to be done",
            figures.oldest_pending_seconds,
        )
        yield _gauge(
            "handoff_oldest_pending_seconds",
            "Age of the oldest hand-off that is still to be done",
            figures.oldest_hand_off_seconds,
        )
        yield _gauge("outbox_dead", "Outbox entries that were given up", figures.dead)
        yield _gauge("unsent_today", "Messages to the worker that Redis did not take today", figures.unsent)

    def _jobs(self) -> Iterator[Metric]:
        jobs = self.figures.jobs
        counts = {state: each.jobs for state, each in jobs.items()}
        held = {state: each.held for state, each in jobs.items()}
        yield _gauge_by("state", "jobs", "Jobs that are neither shipped nor cancelled", counts)
        yield _gauge_by("state", "jobs_held", "Jobs on hold", held)
        yield _gauge("jobs_late", "Jobs promised before today that are not shipped", self.figures.late)
        yield _gauge("jobs_lapsed", "Jobs in production whose lease ran out", self.figures.lapsed)

    def _hand_offs(self) -> Metric:
        moves = self.figures.moves
        buckets = [(str(float(seconds)), float(count)) for seconds, count in moves.within.items()]
        return GaugeHistogramMetricFamily(
            "concoct_handoff_seconds",
            "Seconds from payment to ready, of hand-offs within the last 15 minutes",
            buckets=[*buckets, ("+Inf", float(moves.hand_offs))],
            gsum_value=moves.seconds,
        )

    def _pulses(self) -> Iterator[Metric]:
        now, ages = self.figures.at, {}
        for name in ("relay", "worker"):
            pulse = self.figures.pulses.get(name)
            if pulse is not None and pulse.seen_at is not None:
                ages[name] = seconds_since(pulse.seen_at, now=now)
        yield _gauge_by(
            "part", "pulse_age_seconds", "Seconds since a part last showed that it is alive", ages
        )
        checked = self.figures.pulses.get("invariants")
        if checked is not None and checked.seen_at is not None:
            age = seconds_since(checked.seen_at, now=now)
            yield _gauge(
                "invariants_held_age_seconds", "Seconds since all invariants were found to hold", age
            )


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"concoct_{name}", f"{meaning}.", value=value)


def _gauge_by(label: str, name: str, meaning: str, values: dict[str, int] | dict[str, float]) -> Metric:
    family = GaugeMetricFamily(f"concoct_{name}", f"{meaning}.", labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
