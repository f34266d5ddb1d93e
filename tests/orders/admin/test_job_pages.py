"""What staff decide about a job on pages of their own: labels, holds, remakes; and the outbox's hints."""

import uuid

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from configurator.models import Component
from orders.handoff import hold_jobs
from orders.models import Hold, Job, OutboxEntry
from tests.orders.admin.people import act, make_boss, make_clerk
from tests.orders.make import make_client, make_job, make_order
from tests.orders.pages import read
from tests.orders.stored import stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

JOBS, ORDERS = "/admin/orders/job/", "/admin/orders/order/"


def page_of(job: Job) -> str:
    return make_boss().get(f"{JOBS}{job.pk}/change/").content.decode()


def test_a_jobs_page_leads_to_its_label_and_to_a_page_to_print() -> None:
    job = make_job("produced", quantity=2)
    boss = make_boss()

    page = boss.get(f"{JOBS}{job.pk}/change/").content.decode()
    label = boss.get(f"{JOBS}{job.pk}/label/")
    sheet = boss.get(f"{JOBS}{job.pk}/labels-to-print/")

    assert f'href="{JOBS}{job.pk}/label/"' in page
    assert f'href="{JOBS}{job.pk}/labels-to-print/"' in page
    assert label["Content-Type"] == "image/svg+xml"
    assert "Batch: B1" in label.content.decode()
    assert sheet.content.decode().count('<use href="#label">') == 2


def test_labels_of_several_jobs_and_orders_are_printed_on_one_page() -> None:
    two, one, pending = make_job("ready", quantity=2), make_job("ready", size="50ml"), make_job("pending")
    boss = make_boss()

    for path, rows in ((JOBS, [two, one, pending]), (ORDERS, [two.order, one.order, pending.order])):
        chosen = [row.pk for row in rows]
        asked = boss.post(path, {"action": "print_labels", "_selected_action": chosen})
        page = boss.get(asked["Location"]).content.decode()
        assert "Show 3 sheets" in page
        assert f"{pending}</a>:\n            there is no label before" in page

    sheets = boss.get(f"{JOBS}labels/to-print/?job={two.pk}&job={one.pk}&job={pending.pk}")
    said = sheets.content.decode()
    assert said.count(f'<use href="#label-{two.pk}">') == 2
    assert said.count(f'<use href="#label-{one.pk}">') == 1
    assert f"@page label-{one.pk} {{ size: 62mm" in said
    assert "default-src 'none'" in sheets["Content-Security-Policy"]


def test_before_a_job_is_ready_staff_are_told_that_there_is_no_label() -> None:
    job = make_job("pending")

    response = make_boss().get(f"{JOBS}{job.pk}/label/", follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "There is no label before the job is ready: hand it off, then come back."
    ]
    assert f'href="{JOBS}{job.pk}/label/"' not in response.content.decode()


def test_a_hand_off_hold_is_shown_with_its_note() -> None:
    job = make_job("pending")
    hold_jobs(job.order_id, note="NotReadyError: the cap", now=timezone.now())

    page = page_of(job)

    assert "NotReadyError: the cap" in page
    assert f"{JOBS}{job.pk}/holds/{Hold.objects.get().public_id}/release/" in page


def test_staff_place_a_hold_with_a_reason_and_release_it() -> None:
    job, boss = make_job("ready"), make_boss()

    boss.post(f"{JOBS}{job.pk}/hold/", {"reason": "quality", "note": "smells odd"})

    job.refresh_from_db()
    hold = Hold.objects.get()
    assert (job.on_hold, hold.reason, hold.note, hold.placed_by) == (
        True,
        "quality",
        "smells odd",
        "staff: grace",
    )
    path = f"{JOBS}{job.pk}/holds/{hold.public_id}/release/"
    assert "smells odd" in boss.get(path).content.decode()
    job.refresh_from_db()
    assert job.on_hold

    boss.post(path)

    job.refresh_from_db()
    hold.refresh_from_db()
    assert (job.on_hold, hold.released_by) == (False, "staff: grace")


@pytest.mark.parametrize("sent", [{}, {"reason": "hand-off"}, {"reason": "quality", "note": "x" * 501}])
def test_a_hold_that_is_not_filled_in_is_asked_for_again(sent: dict[str, str]) -> None:
    job = make_job("ready")

    assert make_boss().post(f"{JOBS}{job.pk}/hold/", sent).status_code == 422

    assert not Hold.objects.exists()


def test_what_is_over_cannot_be_held() -> None:
    job = make_job("shipped")

    response = make_boss().post(f"{JOBS}{job.pk}/hold/", {"reason": "quality"}, follow=True)

    assert "there is nothing to hold" in str(next(iter(response.context["messages"])))
    assert not Hold.objects.exists()


def test_a_hold_of_another_job_is_not_there() -> None:
    job, other = make_job("ready", on_hold=True), make_job("ready")
    path = f"holds/{Hold.objects.get().public_id}/release/"

    assert make_boss().post(f"{JOBS}{other.pk}/{path}").status_code == 404
    assert job.holds.get().released_at is None


def test_a_remake_is_asked_for_with_its_reason_and_then_made() -> None:
    job, boss = make_job("shipped"), make_boss()
    asked = boss.post(JOBS, {"action": "remake", "_selected_action": [job.pk]})
    assert asked["Location"] == f"{JOBS}remake/?job={job.pk}"
    before = stored_rows()

    assert job.order.number in boss.get(asked["Location"]).content.decode()
    assert boss.post(asked["Location"], {"reason": " "}).status_code == 422
    assert stored_rows() == before
    made = boss.post(asked["Location"], {"reason": "the pump leaks"})

    anew = Job.objects.get(remake_of=job)
    assert made["Location"] == f"{JOBS}{anew.pk}/change/"
    assert anew.transitions.get().note == "the pump leaks"


def test_of_several_those_that_can_be_are_remade_and_the_others_named() -> None:
    shipped, ready = make_job("shipped"), make_job("ready")

    response = make_boss().post(
        f"{JOBS}remake/?job={shipped.pk}&job={ready.pk}&job=x", {"reason": "bad"}, follow=True
    )

    said = [str(message) for message in response.context["messages"]]
    assert said[0].startswith(f"Order {ready.order.number}: the job is ready to be made. Only what failed,")
    assert said[1] == "1 job is made anew."
    assert list(Job.objects.filter(remake_of__isnull=False).values_list("remake_of", flat=True)) == [
        shipped.pk
    ]


def test_when_there_is_not_enough_the_component_and_the_ways_on_are_named() -> None:
    job = make_job("produced")
    Component.objects.filter(slug="mend").update(stock_ml=1)

    response = make_boss().post(f"{JOBS}remake/?job={job.pk}", {"reason": "bad"}, follow=True)

    [said] = [str(message) for message in response.context["messages"]]
    assert "there is not enough Mend left, so nothing was changed" in said
    assert "cancel and refund the order" in said
    assert not Job.objects.filter(remake_of=job).exists()


def test_no_job_chosen_leads_back_to_the_list() -> None:
    assert make_boss().get(f"{JOBS}remake/")["Location"] == JOBS


def test_who_may_only_look_sees_labels_and_decides_nothing() -> None:
    job, clerk = make_job("shipped", on_hold=False), make_clerk("view_job")
    other = make_job("ready", on_hold=True)
    before = stored_rows()

    assert clerk.get(f"{JOBS}{job.pk}/label/").status_code == 200
    page = clerk.get(f"{JOBS}{other.pk}/change/").content.decode()
    for path in (
        *(f"{other.pk}/hold/", f"remake/?job={job.pk}"),
        f"{other.pk}/holds/{Hold.objects.get().public_id}/release/",
    ):
        assert clerk.get(f"{JOBS}{path}").status_code == 403
        assert clerk.post(f"{JOBS}{path}", {"reason": "other"}).status_code == 403
        assert f'href="{JOBS}{path}"' not in page

    assert stored_rows() == before


def test_a_hold_that_two_people_release_is_noted_once() -> None:
    job = make_job("ready", on_hold=True)
    path = f"{JOBS}{job.pk}/holds/{job.holds.get().public_id}/release/"
    boss = make_boss()

    said = [str(next(iter(boss.post(path, follow=True).context["messages"]))) for _ in range(2)]

    assert said == ["The hold is released, and the job goes on."] * 2
    assert [entry.get_change_message() for entry in LogEntry.objects.all()] == ["Hold released."]


def test_nothing_is_decided_about_a_job_that_the_list_does_not_show() -> None:
    job = make_job("ready", on_hold=True)
    Job.objects.update(sandbox=make_client().row)
    boss = make_boss()
    before = stored_rows()

    for path in ("hold/", f"holds/{job.holds.get().public_id}/release/"):
        assert boss.get(f"{JOBS}{job.pk}/{path}").status_code == 404
        assert boss.post(f"{JOBS}{job.pk}/{path}", {"reason": "other"}).status_code == 404

    assert stored_rows() == before


@pytest.mark.parametrize("path", ["label/", "labels-to-print/"])
def test_who_may_not_see_jobs_sees_no_label(path: str) -> None:
    job = make_job()

    assert make_clerk("view_order").get(f"{JOBS}{job.pk}/{path}").status_code == 403
    assert make_boss().get(f"{JOBS}{job.pk + 1}/{path}").status_code == 404


def test_dead_entries_are_found_with_their_error_and_what_to_do() -> None:
    dead = make_order(paid=True).outbox_entries.get(topic="handoff")
    make_order(paid=True)
    OutboxEntry.objects.filter(pk=dead.pk).update(state="dead", error="NotReadyError: the cap")

    response = make_boss().get("/admin/orders/outboxentry/?state__exact=dead")

    assert list(response.context["cl"].result_list) == [dead]
    page = response.content.decode()
    assert "NotReadyError: the cap" in page
    assert page.count("Its jobs are on hold.") == 1


@pytest.mark.parametrize("topic", OutboxEntry.Topic.values)
def test_dead_entries_of_every_topic_have_a_hint_and_are_tried_again(topic: str) -> None:
    entry = make_order(paid=True).outbox_entries.get(topic="handoff")
    OutboxEntry.objects.exclude(pk=entry.pk).delete()
    OutboxEntry.objects.update(state="dead", topic=topic, key=str(uuid.uuid4()))
    boss = make_boss()

    assert "try it again" in boss.get(f"/admin/orders/outboxentry/{entry.pk}/change/").content.decode()
    assert act(boss, "/admin/orders/outboxentry/", "retry", entry) == [("info", "1 entry is tried again.")]


def test_a_jobs_page_says_in_words_what_to_make_and_what_went_in() -> None:
    jobs = make_job(size="500ml", quantity=2), make_job("produced", label_name="Zoë")
    boss = make_boss()

    ready, made = (read(boss.get(f"{JOBS}{job.pk}/change/")).text for job in jobs)

    assert "Recipe Shampoo, version 1 Size 500 ml Pieces 2 for £24.00 each" in ready
    assert "Main shot Mend 20 40 Second shot Quench 10 20 Ingredients Aqua, " in ready
    assert "Name on the label Zoë" in made
    assert "Main shot Mend 10 10 L2 10" in made
    assert "Contains coconut derived, fragrance, nuts, protein, wheat As fulfilment gets it (JSON)" in made


@pytest.mark.parametrize("path", ["label/", "labels-to-print/"])
def test_the_label_of_a_job_that_the_list_does_not_show_is_not_there(path: str) -> None:
    job = make_job("ready")
    Job.objects.update(sandbox=make_client().row)

    assert make_boss().get(f"{JOBS}{job.pk}/{path}").status_code == 404
