"""Holds in the admin: placing one on a job, with its reason, and releasing one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.admin.deciding import DecisionPages
from orders.admin.deeds import why_of
from orders.holds import NothingToHoldError
from orders.models import Hold, Job
from orders.staff_decisions import hold_once, release_holds
from staff.change_audit import giving_reason


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
        job = self._job(request, job_pk)
        form = HoldForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            status = 422 if form.is_bound else 200
            return self._page(
                request, "hold", job, status=status, form=form, title=gettext("Put this job on hold")
            )
        by, now = request.user.get_username(), timezone.now()
        try:
            with transaction.atomic(), giving_reason(why_of(form.cleaned_data)):
                if hold_once(job, **form.cleaned_data, by=by, now=now):
                    self.log_change(request, job, gettext("Put on hold."))
        except NothingToHoldError as error:
            said = gettext(
                "The job is %(state)s, so there is nothing to hold; a shipped one can be made anew."
            )
            messages.warning(request, said % {"state": error.job.get_state_display()})
        else:
            messages.success(request, gettext("The job is on hold until this hold is released."))
        return redirect("admin:orders_job_change", job.pk)

    def release(self, request: HttpRequest, job_pk: int, hold_id: UUID) -> HttpResponse:
        """Show the hold, then release it."""
        self.check_may_decide(request)
        job = self._job(request, job_pk)
        hold = get_object_or_404(job.holds, public_id=hold_id)
        if request.method != "POST":
            return self._page(request, "release_hold", job, hold=hold, title=gettext("Release this hold?"))
        with transaction.atomic():
            if release_holds([hold], by=request.user.get_username(), now=timezone.now()):
                self.log_change(request, job, gettext("Hold released."))
        job.refresh_from_db(fields=["on_hold"])
        if job.on_hold:
            messages.warning(request, gettext("The hold is released. The job stays on hold for another one."))
        else:
            messages.success(request, gettext("The hold is released, and the job goes on."))
        return redirect("admin:orders_job_change", job_pk)

    def _job(self, request: HttpRequest, pk: int) -> Job:
        """One of those that the list shows; raises Http404."""
        job: Job = get_object_or_404(self.get_queryset(request).select_related("order"), pk=pk)
        return job

    def _page(self, request: HttpRequest, name: str, job: Job, **context: Any) -> HttpResponse:
        return self.decision_page(request, f"admin/orders/job/{name}.html", job=job, **context)
