from django.db import migrations, models


def mark_noted(apps, schema_editor):
    """An event that left its petition where it stood was a note, so that no correction leads back to it."""
    StageEvent = apps.get_model("cases", "StageEvent")
    rows = StageEvent.objects.order_by("petition_id", "created_at", "pk")
    before, noted = None, []
    for pk, petition, stage in rows.values_list("pk", "petition_id", "stage"):
        if (petition, stage) == before:
            noted.append(pk)
        before = (petition, stage)
    StageEvent.objects.filter(pk__in=noted, kind="step").update(kind="noted")


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_reference_agencies")]

    operations = [
        migrations.AddField(
            model_name="historicalstageevent",
            name="kind",
            field=models.CharField(
                choices=[("step", "Step"), ("corrected", "Corrected"), ("noted", "Noted")],
                default="step",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="stageevent",
            name="kind",
            field=models.CharField(
                choices=[("step", "Step"), ("corrected", "Corrected"), ("noted", "Noted")],
                default="step",
                max_length=10,
            ),
        ),
        migrations.RunPython(mark_noted, migrations.RunPython.noop),
    ]
