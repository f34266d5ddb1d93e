"""Holds in the admin: placing one on a job, with its reason, and releasing one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.admin.deciding import DecisionPages
from orders.admin.deeds import why_of
from orders.care import hold_once
from orders.holds import NothingToHoldError, release_hold
from orders.jobs import Actor
from orders.models import Hold, Job
from staff.changed import giving_reason


class HoldForm(forms.ModelForm[Hold]):
    """Why the job is not to go on. The reason of a failed hand-off is not for people to give."""

    reason = forms.ChoiceField(
        label=_("reason"),
        choices=[choice for choice in Hold.Reason.choices if choice[0] != Hold.Reason.HANDOFF],
    )

    class Meta:
        model = Hold
        fields = ["reason", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}


class HoldPages(DecisionPages):
    """What the admin of jobs has for holds."""

    def get_urls(self) -> list[URLPattern]:
        place = path("<int:job_pk>/hold/", self.admin_site.admin_view(self.hold), name="orders_job_hold")
        release = path(
            "<int:job_pk>/holds/<uuid:hold_id>/release/",
            self.admin_site.admin_view(self.release),
            name="orders_job_release_hold",
        )
        return [place, release, *super().get_urls()]

    def hold(self, request: HttpRequest, job_pk: int) -> HttpResponse:
        """Ask why, then put the job on hold."""
        self.check_may_decide(request)
        job = get_object_or_404(Job.objects.select_related("order"), pk=job_pk)
        form = HoldForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            status = 422 if form.is_bound else 200
            return self._page(
                request, "hold", job, status=status, form=form, title=gettext("Put this job on hold")
            )
        try:
            by, now = request.user.get_username(), timezone.now()
            is_new = hold_once(job, **form.cleaned_data, by=by, now=now)
        except NothingToHoldError as error:
            said = gettext(
                "The job is %(state)s, so there is nothing to hold; a shipped one can be made anew."
            )
            messages.warning(request, said % {"state": error.job.get_state_display()})
        else:
            if is_new:
                with giving_reason(why_of(form.cleaned_data)):
                    self.log_change(request, job, gettext("Put on hold."))
            messages.success(request, gettext("The job is on hold until this hold is released."))
        return redirect("admin:orders_job_change", job.pk)

    def release(self, request: HttpRequest, job_pk: int, hold_id: UUID) -> HttpResponse:
        """Show the hold, then release it."""
        self.check_may_decide(request)
        hold = get_object_or_404(Hold.objects.select_related("job__order"), public_id=hold_id, job=job_pk)
        if request.method != "POST":
            return self._page(
                request, "release_hold", hold.job, hold=hold, title=gettext("Release this hold?")
            )
        self.log_change(request, hold.job, gettext("Hold released."))
        released = release_hold(hold_id, job_id=hold.job.public_id, by=_staff(request), now=timezone.now())
        if released.job.on_hold:
            messages.warning(request, gettext("The hold is released. The job stays on hold for another one."))
        else:
            messages.success(request, gettext("The hold is released, and the job goes on."))
        return redirect("admin:orders_job_change", job_pk)

    def _page(self, request: HttpRequest, name: str, job: Job, **context: Any) -> HttpResponse:
        return self.decision_page(request, f"admin/orders/job/{name}.html", job=job, **context)


def _staff(request: HttpRequest) -> Actor:
    return Actor("staff", request.user.get_username())
