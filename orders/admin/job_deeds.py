"""What staff decide about jobs: made again, made anew, called off, cancelled, held, released."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orders.admin.deeds import Deed, RefusedError
from orders.admin.holding import HoldForm
from orders.foreseeing import jobs as foreseeing
from orders.foreseeing.remakes import remaking, short_of
from orders.foreseeing.told import Foreseen
from orders.holds import NothingToHoldError
from orders.jobs import WrongStateError
from orders.models import Job
from orders.remaking import AlreadyRemadeError, CancellationOpenError, remake_job
from orders.staff_decisions import call_off, give_up, hold_once, make_again, release_holds
from orders.stock import OutOfStockError

DECIDE = "orders.change_job"
REMAKE = "orders.remake_job"  # it costs the shop a bottle, so it is not the bench's to decide


class RemakeForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why is it made anew?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For staff and the bench: it stands with the first step of the new job."),
    )


class JobDeed(Deed):
    permission = DECIDE

    def done(self, count: int) -> str:
        return ngettext("%(count)s job changed.", "%(count)s jobs changed.", count) % {"count": count}

    def refuse(self, job: Job) -> RefusedError:
        """In the words for the job as it is now."""
        now = Job.objects.select_related("order", "line__version").get(pk=job.pk)
        [told] = self.foresee([now])
        return RefusedError(told.says if not told.happens else foreseeing.stay_as_it_is(now).says)


class MakeAgain(JobDeed):
    slug = "make_again"
    label = gettext_lazy("Make failed jobs again")
    explains = gettext_lazy(
        "A failed job is ready again, with the recipe that it had. If there is not enough to make it a second time, it"
        " is put on hold."
    )

    def foresee(self, rows: Sequence[Job]) -> list[Foreseen]:
        return foreseeing.making_again(rows)

    def do(self, row: Job, *, request: HttpRequest, told: Foreseen, data: dict[str, Any]) -> None:
        try:
            make_again(row, by=request.user.get_username(), now=timezone.now())
        except WrongStateError as error:
            raise self.refuse(row) from error


class CallOff(JobDeed):
    slug = "call_off"
    label = gettext_lazy("Call off jobs whose maker went silent")
    explains = gettext_lazy(
        "A maker whose lease ran out in production may have made it, or not: look on the bench first. What went"
        " into it is taken off the stock."
    )

    def foresee(self, rows: Sequence[Job]) -> list[Foreseen]:
        return foreseeing.calling_off(rows)

    def do(self, row: Job, *, request: HttpRequest, told: Foreseen, data: dict[str, Any]) -> None:
        try:
            call_off(row, by=request.user.get_username(), now=timezone.now())
        except WrongStateError as error:
            raise self.refuse(row) from error


class GiveUp(JobDeed):
    permission = REMAKE
    slug = "give_up"
    label = gettext_lazy("Cancel failed or untaken jobs")
    explains = gettext_lazy("A job that is cancelled is not made, and cannot come back.")

    def foresee(self, rows: Sequence[Job]) -> list[Foreseen]:
        return foreseeing.giving_up(rows)

    def do(self, row: Job, *, request: HttpRequest, told: Foreseen, data: dict[str, Any]) -> None:
        try:
            give_up(row, by=request.user.get_username(), now=timezone.now())
        except WrongStateError as error:
            raise self.refuse(row) from error


class Remake(JobDeed):
    permission = REMAKE
    slug = "remake"
    label = gettext_lazy("Make anew (remake)")
    explains = gettext_lazy(
        "A new job is made for the same line, and its stock is set aside. A failed job is cancelled with it; what is"
        " produced or shipped stays as it is. She sees on her order's page that it is made again."
    )
    form = RemakeForm

    def foresee(self, rows: Sequence[Job]) -> list[Foreseen]:
        return remaking(rows)

    def do(self, row: Job, *, request: HttpRequest, told: Foreseen, data: dict[str, Any]) -> Model:
        try:
            return remake_job(row, reason=data["reason"], by=request.user.get_username(), now=timezone.now())
        except OutOfStockError as error:
            raise RefusedError(short_of(row, error.component)) from error
        except (AlreadyRemadeError, CancellationOpenError, WrongStateError) as error:
            raise self.refuse(row) from error

    def done(self, count: int) -> str:
        said = ngettext("%(count)s job is made anew.", "%(count)s jobs are made anew.", count)
        return said % {"count": count}


class HoldJobs(JobDeed):
    slug = "put_on_hold"
    label = gettext_lazy("Put on hold")
    explains = gettext_lazy("While a job is on hold it is not claimed, not begun and not shipped.")
    form = HoldForm

    def foresee(self, rows: Sequence[Job]) -> list[Foreseen]:
        return foreseeing.holding(rows)

    def do(self, row: Job, *, request: HttpRequest, told: Foreseen, data: dict[str, Any]) -> None:
        try:
            is_new = hold_once(row, **data, by=request.user.get_username(), now=timezone.now())
        except NothingToHoldError as error:
            raise self.refuse(row) from error
        if not is_new:
            raise RefusedError(_("%(row)s: you hold it for this already.") % {"row": row})

    def done(self, count: int) -> str:
        said = ngettext("%(count)s job is on hold.", "%(count)s jobs are on hold.", count)
        return said % {"count": count}


class ReleaseJobs(JobDeed):
    slug = "release_holds"
    label = gettext_lazy("Release all holds")
    explains = gettext_lazy("A job goes on when its last hold is released.")

    def foresee(self, rows: Sequence[Job]) -> list[Foreseen]:
        return foreseeing.releasing(rows)

    def do(self, row: Any, *, request: HttpRequest, told: Foreseen, data: dict[str, Any]) -> None:
        released = release_holds(told.holds, by=request.user.get_username(), now=timezone.now())
        if not released:
            raise RefusedError(_("%(row)s: the holds that you saw were released meanwhile.") % {"row": row})

    def done(self, count: int) -> str:
        said = ngettext("%(count)s job goes on.", "%(count)s jobs go on.", count)
        return said % {"count": count}


JOB_DEEDS = (MakeAgain(), Remake(), CallOff(), GiveUp(), HoldJobs(), ReleaseJobs())
