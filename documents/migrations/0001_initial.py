import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import vault.fields
import vault.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("clients", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("rap_sheet", "RAP sheet"),
                            ("certified_record", "Certified court record"),
                            ("evidence", "Evidence"),
                            ("petition", "Petition"),
                            ("declaration", "Declaration"),
                            ("proposed_order", "Proposed order"),
                            ("proof_of_service", "Proof of service"),
                            ("order", "Court order"),
                            ("agency_proof", "Agency’s confirmation"),
                            ("notice", "Notice from USCIS"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("title", vault.fields.SealedTextField(context="document", seal_name="title")),
                (
                    "original_name",
                    vault.fields.SealedTextField(
                        blank=True, context="document", null=True, seal_name="original_name"
                    ),
                ),
                ("media_type", models.CharField(max_length=100)),
                ("size", models.PositiveIntegerField(help_text="bytes before sealing")),
                ("stored_name", models.CharField(editable=False, max_length=80)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="documents.document",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalDocument",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("rap_sheet", "RAP sheet"),
                            ("certified_record", "Certified court record"),
                            ("evidence", "Evidence"),
                            ("petition", "Petition"),
                            ("declaration", "Declaration"),
                            ("proposed_order", "Proposed order"),
                            ("proof_of_service", "Proof of service"),
                            ("order", "Court order"),
                            ("agency_proof", "Agency’s confirmation"),
                            ("notice", "Notice from USCIS"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("title_sealed", vault.fields.SealedTextField(context="document", seal_name="title")),
                (
                    "original_name_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="document", null=True, seal_name="original_name"
                    ),
                ),
                ("media_type", models.CharField(max_length=100)),
                ("size", models.PositiveIntegerField(help_text="bytes before sealing")),
                ("stored_name", models.CharField(editable=False, max_length=80)),
                ("version", models.PositiveIntegerField(default=1)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical document",
                "verbose_name_plural": "historical documents",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
    ]
