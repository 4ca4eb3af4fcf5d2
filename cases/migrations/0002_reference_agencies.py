from django.db import migrations

from cases.law import agencies


def load(apps, schema_editor):
    """The reference list of courts, prosecutors and record keepers; `manage.py load_agencies` adds to it later."""
    model = apps.get_model("cases", "Agency")
    known = set(model.objects.values_list("kind", "name"))
    model.objects.bulk_create(model(**row) for row in agencies() if (row["kind"], row["name"]) not in known)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
