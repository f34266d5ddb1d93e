"""Have the database itself refuse to change or delete an entry of the audit."""

from django.db import migrations

from staff.never_changing import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_initial")]
    operations = [refuse_changes("staff_auditentry", refusal="an entry of the audit never changes")]
