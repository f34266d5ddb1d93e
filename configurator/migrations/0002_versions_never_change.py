"""Have the database itself refuse to change or delete a published version."""

from django.db import migrations

from staff.never_changing import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("configurator", "0001_initial")]
    operations = [
        refuse_changes(
            "configurator_recipeversion",
            refusal="a published version never changes",
            same_row="id = NEW.id OR (recipe_id = NEW.recipe_id AND number = NEW.number)",
        )
    ]
