"""The access log becomes chains: what is there already is linked in the order in which it was written."""

import django.utils.timezone
from django.db import migrations, models

import vault.ids


def link_what_is_there(apps, schema_editor):
    """Give every event its place in its client's chain."""
    rows = apps.get_model("audit", "AccessEvent").objects.order_by("id")
    if not rows.exists():
        return
    from audit import chain

    head = apps.get_model("audit", "ChainHead")
    key = chain.mac_key()
    heads = {}
    for event in rows.iterator(chunk_size=2000):
        event.chain = event.client_id or vault.ids.NIL
        seq, before = heads.get(event.chain, (0, chain.genesis(event.chain)))
        event.seq = seq + 1
        event.digest = chain.link(before, event.seq, chain.payload_of(event))
        event.mac = chain.mac_of(key, event.digest)
        event.save(update_fields=["chain", "seq", "digest", "mac"])
        heads[event.chain] = (event.seq, event.digest + event.mac)
    head.objects.bulk_create(
        (head(chain=name, seq=seq, digest=tail[:32], mac=tail[32:]) for name, (seq, tail) in heads.items()),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_actions"), ("vault", "0003_backup_runs")]

    operations = [
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("chain", models.UUIDField(primary_key=True, serialize=False)),
                ("seq", models.PositiveBigIntegerField()),
                ("digest", models.BinaryField(max_length=32)),
                ("mac", models.BinaryField(max_length=16)),
            ],
        ),
        migrations.CreateModel(
            name="Door",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("chains", models.PositiveIntegerField()),
                ("events", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("written_to", models.CharField(max_length=20)),
            ],
            options={"ordering": ["-number"]},
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("events", models.PositiveBigIntegerField()),
                ("history_rows", models.PositiveBigIntegerField()),
                ("checkpoint", models.PositiveIntegerField(null=True)),
                ("findings", models.PositiveIntegerField()),
                ("first", models.CharField(blank=True, max_length=300)),
            ],
            options={"ordering": ["-at"]},
        ),
        migrations.AddField("accessevent", "place", models.CharField(blank=True, default="", max_length=40)),
        migrations.AlterField("accessevent", "place", models.CharField(blank=True, max_length=40)),
        migrations.AddField("accessevent", "pins", models.TextField(blank=True, default="", editable=False)),
        migrations.AlterField("accessevent", "pins", models.TextField(blank=True, editable=False)),
        migrations.AddField("accessevent", "chain", models.UUIDField(default=vault.ids.NIL, editable=False)),
        migrations.AddField("accessevent", "seq", models.PositiveBigIntegerField(null=True, editable=False)),
        migrations.AddField("accessevent", "digest", models.BinaryField(max_length=32, null=True)),
        migrations.AddField("accessevent", "mac", models.BinaryField(max_length=16, null=True)),
        migrations.RunPython(link_what_is_there, migrations.RunPython.noop),
        migrations.AlterField("accessevent", "seq", models.PositiveBigIntegerField(editable=False)),
        migrations.AlterField("accessevent", "digest", models.BinaryField(max_length=32)),
        migrations.AlterField("accessevent", "mac", models.BinaryField(max_length=16)),
        migrations.AddConstraint(
            "accessevent", models.UniqueConstraint(fields=["chain", "seq"], name="access_chain_link")
        ),
        migrations.RemoveIndex("accessevent", "access_of_client"),
    ]
