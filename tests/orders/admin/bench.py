"""People at the bench, and what their browsers send from its pages."""

import re
from typing import Any

from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders.bench_work import read_work
from orders.models import Job

BENCH = "/admin/bench/"
MAKER = ("view_job", "change_job")
SENDER = (*MAKER, "add_shipment")


def sign_in(name: str = "mia", *permissions: str) -> Client:
    """Someone of staff with these permissions; a maker's and a sender's if none are named."""
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions or SENDER))
    client = Client()
    client.force_login(user)
    return client


def body(response: Any) -> str:
    return " ".join(response.content.decode().split())


def said(response: Any) -> list[str]:
    """The messages on the page that follows."""
    return [str(message) for message in response.context["messages"]]


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"\s+value="([^"]+)"', page)
    assert found, name
    return found[1]


def claim_form(staff: Client, *jobs: Job) -> dict[str, Any]:
    """The form of the bench's page as it is now, with these jobs ticked."""
    form: dict[str, Any] = {"once": hidden(body(staff.get(BENCH)), "once"), "take": "chosen"}
    return {**form, "job": [str(job.public_id) for job in jobs]}


def take(staff: Client, *jobs: Job) -> Any:
    return staff.post(f"{BENCH}claim/", claim_form(staff, *jobs), follow=True)


def address(job: Job, action: str = "") -> str:
    return reverse(f"admin:bench_{action}" if action else "admin:bench_job", args=[job.public_id])


def lease(staff: Client, job: Job) -> str:
    """The token on the page of a job."""
    return hidden(body(staff.get(address(job))), "lease").rpartition(":")[2]


def report(staff: Client, job: Job, action: str, **form: Any) -> Any:
    """Send a form of the job's page; with the token that is on it now unless another is given."""
    sent = {"lease": form.pop("lease", None) or lease(staff, job), **form}
    return staff.post(address(job, action), sent, follow=True)


def made(job: Job, **changes: str) -> dict[str, str]:
    """What the form of a job in production sends when all is weighed in as it says."""
    form = {"batch": "B7"}
    for i, part in enumerate(read_work(job, now=timezone.now()).parts):
        form |= {f"in-{i}": "on", f"lot-{i}": f"L{i}"}
        if part.ml is not None:
            form[f"ml-{i}"] = f"{part.ml:f}"
    return {name: value for name, value in {**form, **changes}.items() if value}


def send_form(staff: Client, number: str, **changes: Any) -> dict[str, Any]:
    page = body(staff.get(reverse("admin:bench_send", args=[number])))
    jobs = re.findall(r'type="checkbox" name="job" value="([^"]+)"', page)
    return {
        "parcel": hidden(page, "parcel"),
        "job": jobs,
        "carrier": "Owl Post",
        "tracking": "TR 1",
        **changes,
    }
