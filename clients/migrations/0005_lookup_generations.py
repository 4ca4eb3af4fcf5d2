from django.db import migrations

import clients.normalise
import vault.lookups


def retoken(apps, schema_editor):
    """Each kind of number has a key of its own now, and half a number has no token."""
    for name in ("Identifier", "SafeContact"):
        vault.lookups.rebuild(apps.get_model("clients", name))


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0004_break_glass"),
        ("vault", "0006_lookup_generations"),
    ]

    operations = [
        migrations.AlterField(
            model_name="identifier",
            name="value_token",
            field=vault.lookups.LookupField(
                index="identifier.value", kind="kind", normalise=clients.normalise.by_kind, source="value"
            ),
        ),
        migrations.RunPython(retoken, retoken),
    ]
