"""The addresses of the fulfilment API, each beside the file that answers it."""

from django.urls import path, re_path

from orders.fulfilment import (
    cancellations,
    claims,
    events,
    heartbeats,
    holds,
    jobs,
    labels,
    nowhere,
    own_key,
    recipes,
    reclaims,
    reports,
    sandbox,
    shipments,
    webhooks,
)

app_name = "fulfilment"

urlpatterns = [
    path("claims", claims.ClaimsView.as_view(), name="claims"),
    path("claims/heartbeat", heartbeats.HeartbeatView.as_view(), name="heartbeat"),
    path("jobs", jobs.JobsView.as_view(), name="jobs"),
    path("jobs/<uuid:job_id>", jobs.JobView.as_view(), name="job"),
    path("jobs/<uuid:job_id>/label", labels.LabelView.as_view(), name="label"),
    path("jobs/<uuid:job_id>/start", reports.StartView.as_view(), name="start"),
    path("jobs/<uuid:job_id>/complete", reports.CompleteView.as_view(), name="complete"),
    path("jobs/<uuid:job_id>/fail", reports.FailView.as_view(), name="fail"),
    path("jobs/<uuid:job_id>/release", reports.ReleaseView.as_view(), name="release"),
    path("jobs/<uuid:job_id>/reclaim", reclaims.ReclaimView.as_view(), name="reclaim"),
    path("jobs/<uuid:job_id>/cancellation", cancellations.CancellationView.as_view(), name="cancellation"),
    path("jobs/<uuid:job_id>/holds", holds.HoldsView.as_view(), name="holds"),
    path("jobs/<uuid:job_id>/holds/<uuid:hold_id>", holds.OneHoldView.as_view(), name="hold"),
    path("recipes/<slug:slug>/versions/<int:number>", recipes.RecipeVersionView.as_view(), name="recipe"),
    path("shipments", shipments.ShipmentsView.as_view(), name="shipments"),
    path("events", events.EventsView.as_view(), name="events"),
    path("sandbox/jobs", sandbox.SandboxJobsView.as_view(), name="sandbox"),
    path("sandbox/jobs/<uuid:job_id>/expire-lease", sandbox.ExpireLeaseView.as_view(), name="expire_lease"),
    path("webhooks", webhooks.WebhooksView.as_view(), name="webhooks"),
    path("webhooks/<uuid:webhook_id>", webhooks.WebhookView.as_view(), name="webhook"),
    path("webhooks/<uuid:webhook_id>/ping", webhooks.PingView.as_view(), name="ping"),
    path(
        "webhooks/<uuid:webhook_id>/rotate-secret", webhooks.RotateSecretView.as_view(), name="rotate_secret"
    ),
    path("webhooks/<uuid:webhook_id>/deliveries", webhooks.DeliveriesView.as_view(), name="deliveries"),
    path("me", own_key.MeView.as_view(), name="me"),
    path("keys/rotate", own_key.RotateView.as_view(), name="rotate_key"),
    re_path(r"", nowhere.NowhereView.as_view(), name="nowhere"),
]
