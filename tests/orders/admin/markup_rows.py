"""Rows in which every text that a shopper, a maker or staff may write is markup."""

from datetime import timedelta

from django.apps import apps
from django.db.models import F, Value
from django.db.models.functions import Concat, Left
from django.test import Client
from django.utils import timezone

from orders.models import Job, OrderEvent
from orders.placing import Customer
from tests.configurator.drafts import make_rule, publish
from tests.orders.make import make_job
from tests.orders.rewriting import steps_may_change
from tests.staff.admin_addresses import make_rows

EVIL = "<script>'\"&{{x}}</b>"
ESCAPED = "&lt;script&gt;&#x27;&quot;&amp;{{x}}&lt;/b&gt;"
IN_AN_ADDRESS = "e'<script>\"@example.org"
CUSTOMER = Customer(
    email=IN_AN_ADDRESS,
    full_name=EVIL,
    postcode="LS1 4DY",
    address_line1=EVIL,
    address_line2=EVIL,
    town=EVIL,
)

# Texts that somebody types, by model: of a draft, which a published version repeats, and of all that comes of a sale.
DRAFT = {
    "Family": ["name"],
    "Substance": ["name"],
    "Flag": ["name"],
    "HairType": ["name"],
    "Component": ["name", "tagline"],
    "Recipe": ["name", "staff_note"],
    "Size": ["label"],
    "Slot": ["name", "hint", "group"],
    "Rule": ["reason"],
    "Starter": ["name"],
    "Need": ["wording"],
}
REST = {
    "BenchDay": ["note"],
    "BasketLine": ["label_name"],
    "DailyCount": ["name"],
    "PlannedPublish": ["note"],
    "HistoricalComponent": ["name", "tagline", "history_change_reason"],
    "HistoricalRecipe": ["name", "staff_note", "history_change_reason"],
    "HistoricalRule": ["reason", "history_change_reason"],
    "HistoricalNeed": ["wording", "history_change_reason"],
    "Order": ["postcode"],
    "OrderLine": ["label_name"],
    "OrderEvent": ["by", "note"],
    "FulfilmentKey": ["name"],
    "Shipment": ["carrier", "tracking", "external_id"],
    "Job": ["worker", "station", "batch", "failure_note", "cancellation_note"],
    "JobTransition": ["by", "note"],
    "Hold": ["note", "placed_by", "released_by"],
    "LotUse": ["lot"],
    "WebhookEndpoint": ["disabled_why"],
    "WebhookDelivery": ["error"],
    "OutboxEntry": ["error"],
    "Payment": ["message", "fraud_message"],
    "User": ["first_name", "last_name"],
}


def make_markup_rows() -> None:
    """What `make_rows` makes, a job of an order with markup in its address, and markup in all of them.

    Somebody has tried to sign in by a name of markup; a version with names of markup is on sale, one of them is late.
    """
    make_rule("evil-law", left=["lift"], right=["coil"])
    _write_markup(DRAFT)
    publish(note=EVIL)
    make_rows()
    make_job("ready", customer=CUSTOMER, label_name="Ada")
    make_job("claimed", customer=CUSTOMER, label_name="Ada")
    job = Job.objects.get(state="produced")
    OrderEvent.objects.create(
        order=job.order, kind="address_corrected", by=EVIL, note=EVIL, at=timezone.now()
    )
    Job.objects.filter(state="ready").update(promised_on=timezone.localdate() - timedelta(days=2))
    Job.objects.update(made_of=[{"slot": "main", "component": EVIL, "lot": EVIL, "microlitres": 1}])
    with steps_may_change():
        _write_markup(REST)
    Client().post("/admin/login/", {"username": EVIL, "password": EVIL})


def _write_markup(fields: dict[str, list[str]]) -> None:
    """Before what stands in these fields, as far as there is room."""
    models = {model.__name__: model for model in apps.get_models()}
    for name, written in fields.items():
        room = {
            field.name: getattr(field, "max_length", None) or 1000
            for field in models[name]._meta.get_fields()
        }
        texts = {each: Left(Concat(Value(EVIL), F(each)), room[each]) for each in written}
        models[name]._default_manager.update(**texts)
