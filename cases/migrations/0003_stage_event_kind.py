from django.db import migrations, models


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
    ]
