import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import clients.normalise
import vault.fields
import vault.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("cases", "0001_initial"),
        ("clients", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="FamilyMember",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "relationship",
                    models.CharField(
                        choices=[
                            ("spouse", "Spouse"),
                            ("child", "Child"),
                            ("parent", "Parent"),
                            ("sibling", "Brother or sister"),
                            ("child_of_derivative", "Child of a derivative"),
                        ],
                        max_length=20,
                    ),
                ),
                ("derivative_class", models.CharField(blank=True, max_length=4)),
                ("name", vault.fields.SealedTextField(context="family_member", seal_name="name")),
                (
                    "date_of_birth",
                    vault.fields.SealedDateField(
                        blank=True, context="family_member", null=True, seal_name="dob"
                    ),
                ),
                ("married", models.BooleanField(default=False)),
                ("in_united_states", models.BooleanField(default=True)),
                ("in_danger", models.BooleanField(default=False)),
                ("stage", models.CharField(default="planned", max_length=30)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
            ],
            options={
                "ordering": ["created_at"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalTVisa",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("stage", models.CharField(default="screening", max_length=30)),
                ("sent_on", models.DateField(blank=True, null=True)),
                ("received_on", models.DateField(blank=True, null=True)),
                ("bona_fide_on", models.DateField(blank=True, null=True)),
                ("approved_on", models.DateField(blank=True, null=True)),
                ("status_ends_on", models.DateField(blank=True, null=True)),
                (
                    "waiting_from",
                    models.DateField(
                        blank=True,
                        help_text="first day counted as waiting without permission to work",
                        null=True,
                    ),
                ),
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
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.matter",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical t visa",
                "verbose_name_plural": "historical t visas",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="TVisa",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("stage", models.CharField(default="screening", max_length=30)),
                ("sent_on", models.DateField(blank=True, null=True)),
                ("received_on", models.DateField(blank=True, null=True)),
                ("bona_fide_on", models.DateField(blank=True, null=True)),
                ("approved_on", models.DateField(blank=True, null=True)),
                ("status_ends_on", models.DateField(blank=True, null=True)),
                (
                    "waiting_from",
                    models.DateField(
                        blank=True,
                        help_text="first day counted as waiting without permission to work",
                        null=True,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "matter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="t_visa", to="cases.matter"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("client",), name="t_visa_one_per_client")],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("form", models.CharField(max_length=10)),
                ("number", vault.fields.SealedTextField(context="receipt", seal_name="number")),
                (
                    "number_token",
                    vault.fields.LookupField(
                        index="receipt.number", normalise=clients.normalise.identifier, source="number"
                    ),
                ),
                ("received_on", models.DateField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="visas.familymember",
                    ),
                ),
                (
                    "visa",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="visas.tvisa"
                    ),
                ),
            ],
            options={
                "ordering": ["received_on"],
                "constraints": [
                    models.UniqueConstraint(fields=("number_token",), name="receipt_number_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
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
                            ("RFE", "Request for evidence"),
                            ("NOID", "Notice of intent to deny"),
                            ("NOIR", "Notice of intent to revoke"),
                            ("DENIAL_APPEAL", "Denial"),
                        ],
                        max_length=14,
                    ),
                ),
                ("form", models.CharField(max_length=10)),
                ("served_on", models.DateField()),
                (
                    "served_by",
                    models.CharField(
                        choices=[("mail", "By mail"), ("personal", "By hand or online account")],
                        default="mail",
                        max_length=10,
                    ),
                ),
                (
                    "printed_date",
                    models.DateField(blank=True, help_text="a date the notice itself names", null=True),
                ),
                (
                    "asks_for",
                    vault.fields.SealedTextField(
                        blank=True, context="notice", long=True, null=True, seal_name="asks_for", step=256
                    ),
                ),
                ("sent_on", models.DateField(blank=True, help_text="the day our answer left", null=True)),
                (
                    "answered_on",
                    models.DateField(blank=True, help_text="the day USCIS had our answer", null=True),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "deadline",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice",
                        to="cases.deadline",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="visas.familymember",
                    ),
                ),
                (
                    "visa",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="visas.tvisa"
                    ),
                ),
            ],
            options={
                "ordering": ["-served_on"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalWorkPermit",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("category", models.CharField(max_length=10)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
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
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="visas.familymember",
                    ),
                ),
                (
                    "visa",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="visas.tvisa",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical work permit",
                "verbose_name_plural": "historical work permits",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalVisaEvent",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("event", models.CharField(max_length=40)),
                ("stage", models.CharField(max_length=30)),
                ("on", models.DateField()),
                ("dates", models.JSONField(blank=True, default=dict)),
                (
                    "note_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="visa_event", long=True, null=True, seal_name="note", step=256
                    ),
                ),
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
                    "by",
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
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="visas.familymember",
                    ),
                ),
                (
                    "visa",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="visas.tvisa",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical visa event",
                "verbose_name_plural": "historical visa events",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalReceipt",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("form", models.CharField(max_length=10)),
                ("number_sealed", vault.fields.SealedTextField(context="receipt", seal_name="number")),
                ("received_on", models.DateField()),
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
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="visas.familymember",
                    ),
                ),
                (
                    "visa",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="visas.tvisa",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical receipt",
                "verbose_name_plural": "historical receipts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalNotice",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("RFE", "Request for evidence"),
                            ("NOID", "Notice of intent to deny"),
                            ("NOIR", "Notice of intent to revoke"),
                            ("DENIAL_APPEAL", "Denial"),
                        ],
                        max_length=14,
                    ),
                ),
                ("form", models.CharField(max_length=10)),
                ("served_on", models.DateField()),
                (
                    "served_by",
                    models.CharField(
                        choices=[("mail", "By mail"), ("personal", "By hand or online account")],
                        default="mail",
                        max_length=10,
                    ),
                ),
                (
                    "printed_date",
                    models.DateField(blank=True, help_text="a date the notice itself names", null=True),
                ),
                (
                    "asks_for_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="notice", long=True, null=True, seal_name="asks_for", step=256
                    ),
                ),
                ("sent_on", models.DateField(blank=True, help_text="the day our answer left", null=True)),
                (
                    "answered_on",
                    models.DateField(blank=True, help_text="the day USCIS had our answer", null=True),
                ),
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
                    "deadline",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.deadline",
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
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="visas.familymember",
                    ),
                ),
                (
                    "visa",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="visas.tvisa",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical notice",
                "verbose_name_plural": "historical notices",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalFamilyMember",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "relationship",
                    models.CharField(
                        choices=[
                            ("spouse", "Spouse"),
                            ("child", "Child"),
                            ("parent", "Parent"),
                            ("sibling", "Brother or sister"),
                            ("child_of_derivative", "Child of a derivative"),
                        ],
                        max_length=20,
                    ),
                ),
                ("derivative_class", models.CharField(blank=True, max_length=4)),
                ("name_sealed", vault.fields.SealedTextField(context="family_member", seal_name="name")),
                (
                    "date_of_birth_sealed",
                    vault.fields.SealedDateField(
                        blank=True, context="family_member", null=True, seal_name="dob"
                    ),
                ),
                ("married", models.BooleanField(default=False)),
                ("in_united_states", models.BooleanField(default=True)),
                ("in_danger", models.BooleanField(default=False)),
                ("stage", models.CharField(default="planned", max_length=30)),
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
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "visa",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="visas.tvisa",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical family member",
                "verbose_name_plural": "historical family members",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name="familymember",
            name="visa",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="family", to="visas.tvisa"
            ),
        ),
        migrations.CreateModel(
            name="VisaEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("event", models.CharField(max_length=40)),
                ("stage", models.CharField(max_length=30)),
                ("on", models.DateField()),
                ("dates", models.JSONField(blank=True, default=dict)),
                (
                    "note",
                    vault.fields.SealedTextField(
                        blank=True, context="visa_event", long=True, null=True, seal_name="note", step=256
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="visas.familymember",
                    ),
                ),
                (
                    "visa",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="visas.tvisa"
                    ),
                ),
            ],
            options={
                "ordering": ["-on", "-created_at"],
            },
        ),
        migrations.CreateModel(
            name="WorkPermit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("category", models.CharField(max_length=10)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="permits",
                        to="visas.familymember",
                    ),
                ),
                (
                    "visa",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="permits", to="visas.tvisa"
                    ),
                ),
            ],
            options={
                "ordering": ["valid_from"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                        name="permit_ends_after_it_begins",
                    )
                ],
            },
        ),
    ]
