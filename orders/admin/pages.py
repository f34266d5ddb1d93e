"""The staff's pages that belong to no one list, with their addresses below the admin's."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from orders.admin import bench, bench_job, bench_printing, bench_sending
from orders.admin.insights import insights
from orders.admin.operations import operations
from orders.admin.today import late_orders

PAGES: tuple[tuple[str, Callable[..., Any], str], ...] = (
    ("operations/", operations, "operations"),
    ("insights/", insights, "insights"),
    ("late/", late_orders, "late"),
    ("bench/", bench.bench, "bench"),
    ("bench/claim/", bench.claim, "bench_claim"),
    ("bench/keep/", bench.keep, "bench_keep"),
    ("bench/pick-list/", bench_printing.pick_list, "bench_pick_list"),
    ("bench/jobs/<uuid:job_id>/", bench_job.job_page, "bench_job"),
    ("bench/jobs/<uuid:job_id>/begin/", bench_job.begin, "bench_begin"),
    ("bench/jobs/<uuid:job_id>/complete/", bench_job.complete, "bench_complete"),
    ("bench/jobs/<uuid:job_id>/fail/", bench_job.fail, "bench_fail"),
    ("bench/jobs/<uuid:job_id>/give-back/", bench_job.give_back, "bench_give_back"),
    ("bench/jobs/<uuid:job_id>/answer/", bench_job.answer, "bench_answer"),
    ("bench/jobs/<uuid:job_id>/go-on/", bench_job.go_on, "bench_go_on"),
    ("bench/orders/<slug:number>/send/", bench_sending.send, "bench_send"),
    ("bench/orders/<slug:number>/address/", bench_sending.address_label, "bench_address"),
)


def staff_pages(guard: Callable[[Callable[..., Any]], Callable[..., Any]]) -> list[URLPattern]:
    """The patterns of all of them behind `guard`, which is the admin's own."""
    return [path(address, guard(view), name=name) for address, view, name in PAGES]
