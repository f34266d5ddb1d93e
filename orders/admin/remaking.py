"""Making jobs anew in the admin: a page that says what it means and asks why."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orders.admin.deciding import DecisionPages
from orders.jobs import WrongStateError
from orders.models import Job
from orders.remaking import AlreadyRemadeError, remake_job
from orders.stock import OutOfStockError

MOST_AT_ONCE = 100


class RemakeForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why is it made anew?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For staff and the bench: it stands with the first step of the new job."),
    )


class RemakePages(DecisionPages):
    """What the admin of jobs has for remakes. They cost the shop a bottle, so they are not the bench's to decide."""

    def has_remake_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.remake_job")

    def get_urls(self) -> list[URLPattern]:
        page = path("remake/", self.admin_site.admin_view(self.remake_page), name="orders_job_remake")
        return [page, *super().get_urls()]

    def ask_to_remake(self, pks: Sequence[int]) -> HttpResponse:
        """The page for these jobs."""
        query = urlencode({"job": pks[:MOST_AT_ONCE]}, doseq=True)
        return HttpResponseRedirect(f"{reverse('admin:orders_job_remake')}?{query}")

    def remake_page(self, request: HttpRequest) -> HttpResponse:
        """Ask why, then make each job anew, by itself; those that cannot be are named with what else there is."""
        if not self.has_remake_permission(request):
            raise PermissionDenied
        asked = [pk for pk in request.GET.getlist("job") if pk.isascii() and pk.isdigit() and len(pk) <= 18]
        jobs = Job.objects.filter(pk__in=asked[:MOST_AT_ONCE]).select_related("order", "line").order_by("pk")
        if not jobs:
            messages.warning(request, _("No job was chosen: choose some in this list."))
            return redirect("admin:orders_job_changelist")
        form = RemakeForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self.decision_page(
                request,
                "admin/orders/job/remake.html",
                status=422 if form.is_bound else 200,
                jobs=jobs,
                form=form,
                title=ngettext("Make this job anew?", "Make these %(count)s jobs anew?", len(jobs))
                % {"count": len(jobs)},
            )
        made = [self._remake(request, job, form.cleaned_data["reason"]) for job in jobs]
        if done := [remake for remake in made if remake]:
            said = ngettext("%(count)s job is made anew.", "%(count)s jobs are made anew.", len(done))
            messages.success(request, said % {"count": len(done)})
        if len(done) == 1:
            return redirect("admin:orders_job_change", done[0].pk)
        return redirect("admin:orders_job_changelist")

    def _remake(self, request: HttpRequest, job: Job, reason: str) -> Job | None:
        names: dict[str, Any] = {"number": job.order.number}
        try:
            return remake_job(job, reason=reason, by=request.user.get_username(), now=timezone.now())
        except OutOfStockError as error:
            said = _(
                "Order %(number)s: there is not enough %(component)s left, so nothing was changed. Put the figure on"
                " the component's page right, let a failed job be made again as it is, or cancel and refund the order."
            )
            names["component"] = error.component
        except AlreadyRemadeError as error:
            said = _("Order %(number)s: this job is being made anew already, which is now %(state)s.")
            names["state"] = error.remake.get_state_display()
        except WrongStateError as error:
            said = _(
                "Order %(number)s: the job is %(state)s. Only what failed, is produced or is shipped is made anew;"
                " what is under way goes on."
            )
            names["state"] = error.job.get_state_display()
        messages.warning(request, said % names)
        return None
