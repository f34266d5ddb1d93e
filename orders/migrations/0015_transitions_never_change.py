"""Have the database itself refuse to change or delete a step of a job, but for those of a sandbox that is emptied."""

from django.db import migrations

from staff.never_changing import refuse_changes

OF_A_SANDBOX = (
    "EXISTS (SELECT 1 FROM orders_job WHERE orders_job.id = OLD.job_id AND orders_job.sandbox_id IS NOT NULL)"
)


class Migration(migrations.Migration):
    dependencies = [("orders", "0014_mails_about_refused_cancellations")]
    operations = [
        refuse_changes(
            "orders_jobtransition",
            refusal="a step of a job never changes",
            same_row="id = NEW.id OR (job_id = NEW.job_id AND version = NEW.version)",
            may_go=OF_A_SANDBOX,
        )
    ]
