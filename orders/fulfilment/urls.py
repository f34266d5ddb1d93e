"""The addresses of the fulfilment API."""

from django.urls import path, re_path

from orders.fulfilment import api
from orders.fulfilment.labels import LabelView

app_name = "fulfilment"

urlpatterns = [
    path("claims", api.ClaimsView.as_view(), name="claims"),
    path("jobs", api.JobsView.as_view(), name="jobs"),
    path("jobs/<uuid:job_id>", api.JobView.as_view(), name="job"),
    path("jobs/<uuid:job_id>/label", LabelView.as_view(), name="label"),
    path("jobs/<uuid:job_id>/start", api.StartView.as_view(), name="start"),
    path("jobs/<uuid:job_id>/complete", api.CompleteView.as_view(), name="complete"),
    path("jobs/<uuid:job_id>/fail", api.FailView.as_view(), name="fail"),
    path("jobs/<uuid:job_id>/release", api.ReleaseView.as_view(), name="release"),
    path("shipments", api.ShipmentsView.as_view(), name="shipments"),
    path("me", api.MeView.as_view(), name="me"),
    re_path(r"", api.NowhereView.as_view(), name="nowhere"),
]
