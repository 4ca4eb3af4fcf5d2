from django.db import migrations, models
from django.db.models import Q

STATES = [("review", "In review"), ("accepted", "Accepted"), ("discarded", "Discarded")]


class Migration(migrations.Migration):
    """A sheet that was uploaded to the wrong file can be discarded, and then uploaded again."""

    dependencies = [("records", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="rapsheet", name="rap_sheet_once"),
        migrations.RemoveConstraint(model_name="rapsheet", name="rap_sheet_accepted_has_a_time"),
        migrations.AlterField(
            model_name="rapsheet",
            name="state",
            field=models.CharField(choices=STATES, default="review", max_length=10),
        ),
        migrations.AlterField(
            model_name="historicalrapsheet",
            name="state",
            field=models.CharField(choices=STATES, default="review", max_length=10),
        ),
        migrations.AddConstraint(
            model_name="rapsheet",
            constraint=models.UniqueConstraint(
                condition=~Q(state="discarded"), fields=["client", "same_sheet"], name="rap_sheet_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rapsheet",
            constraint=models.CheckConstraint(
                condition=Q(state__in=["review", "discarded"], accepted_at__isnull=True)
                | Q(state="accepted", accepted_at__isnull=False),
                name="rap_sheet_accepted_has_a_time",
            ),
        ),
    ]
