from django.db import migrations, models
from django.utils import timezone

ROWS_AT_ONCE = 2000


def sign(apps, schema_editor):
    """Give the rows that exist their MACs: what stands in the table at the upgrade is taken as granted.

    A wall's new column is a version of its own in its history, so that the newest one equals the row.
    """
    from clients.grants import mac_of_grant, mac_of_wall

    grants = apps.get_model("clients", "ClientUserPermission")
    waiting = []
    for row in grants.objects.select_related("permission").iterator(ROWS_AT_ONCE):
        row.mac = mac_of_grant(row.user_id, row.content_object_id, row.permission.codename)
        waiting.append(row)
        if len(waiting) == ROWS_AT_ONCE:
            grants.objects.bulk_update(waiting, ["mac"])
            waiting = []
    grants.objects.bulk_update(waiting, ["mac"])

    history = apps.get_model("clients", "HistoricalWall")
    versions = []
    for wall in apps.get_model("clients", "Wall").objects.all():
        wall.mac = mac_of_wall(wall.pk, wall.client_id, wall.user_id, lifted=wall.lifted_at is not None)
        wall.save(update_fields=["mac"])
        columns = {field.attname: getattr(wall, field.attname) for field in wall._meta.concrete_fields}
        versions.append(history(**columns, history_date=timezone.now(), history_type="~"))
    history.objects.bulk_create(versions, batch_size=ROWS_AT_ONCE)


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0001_initial"),
        ("vault", "0003_backup_runs"),
    ]

    operations = [
        migrations.AddField(
            model_name="clientuserpermission",
            name="mac",
            field=models.BinaryField(max_length=16, null=True),
        ),
        migrations.AddField(
            model_name="historicalwall",
            name="mac",
            field=models.BinaryField(max_length=16, null=True),
        ),
        migrations.AddField(
            model_name="wall",
            name="mac",
            field=models.BinaryField(max_length=16, null=True),
        ),
        migrations.AddIndex(
            model_name="clientuserpermission",
            index=models.Index(fields=["user", "permission", "content_object", "mac"], name="grant_of_user"),
        ),
        migrations.RunPython(sign, migrations.RunPython.noop, elidable=True),
    ]
