"""Mails to staff about versions that they had planned: a planned version that did not go on sale."""

import logging
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation

from configurator.models import PlannedPublish
from orders.emails import same_headers
from orders.mail_content import draw_mail
from orders.models import OutboxEntry
from orders.outbox import add_plan_entry
from orders.sending import send_after_commit

logger = logging.getLogger(__name__)


def tell_of_refusal(plan: PlannedPublish, now: datetime) -> None:
    """Have a mail sent to who planned it, once. Call it inside the transaction that refuses the plan."""
    if plan.planned_by is not None:
        send_after_commit(add_plan_entry(OutboxEntry.Topic.MAIL_PLAN_REFUSED, plan=plan, now=now))


def send_refusal(entry: OutboxEntry, _now: datetime) -> str | None:
    """Send that mail; returns why it was not sent, None if it was. As `emails.send_mail`, call it in no transaction."""
    plan = (
        PlannedPublish.objects.select_related("recipe", "planned_by")
        .defer("spec", "space")
        .get(outbox_entries=entry)
    )
    who = plan.planned_by
    if who is None or not who.is_active:
        return "not sent: who planned it does not work here any more"
    if not who.email:
        return "not sent: who planned it has no e-mail address"
    way_on = settings.BASE_URL + reverse("admin:configurator_recipe_publish", args=[plan.recipe_id])
    with translation.override(settings.LANGUAGE_CODE):
        mail = draw_mail("plan-refused", {"plan": plan, "address": way_on})
    headers = same_headers(f"plan-{plan.pk}-refused", at=entry.created_at)
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[who.email], headers=headers)
    message.attach_alternative(mail.html, "text/html")
    message.send()
    logger.info("mail about planned version %s passed on", plan.pk)
    return None
