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
        ("documents", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("ordinal", models.PositiveIntegerField()),
                ("arrested_on", models.DateField(blank=True, null=True)),
                ("agency", models.CharField(blank=True, max_length=120)),
                ("jurisdiction", models.CharField(default="US-CA", max_length=6)),
                ("county", models.CharField(blank=True, max_length=60)),
                (
                    "number",
                    vault.fields.SealedTextField(blank=True, context="arrest", null=True, seal_name="number"),
                ),
                (
                    "name_on_record",
                    vault.fields.SealedTextField(
                        blank=True, context="arrest", null=True, seal_name="name_on_record"
                    ),
                ),
                ("lines", models.CharField(blank=True, max_length=20)),
                ("import_key", models.BinaryField(max_length=16, null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
            ],
            options={
                "ordering": ["ordinal"],
                "constraints": [
                    models.UniqueConstraint(fields=("client", "ordinal"), name="arrest_numbered_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("import_key__isnull", False)),
                        fields=("client", "import_key"),
                        name="arrest_imported_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("ordinal", models.PositiveIntegerField()),
                ("code", models.CharField(blank=True, max_length=20)),
                ("section", models.CharField(blank=True, max_length=40)),
                ("description", models.CharField(blank=True, max_length=200)),
                ("attempted", models.BooleanField(default=False)),
                ("level", models.CharField(blank=True, help_text="F, M, I or N as printed", max_length=1)),
                (
                    "severity",
                    models.CharField(blank=True, help_text="after the last reduction", max_length=1),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("arrest", "Arrest"),
                            ("charge", "Charge without conviction"),
                            ("conviction", "Conviction"),
                            ("juvenile_adjudication", "Juvenile adjudication"),
                            ("deferred", "Deferred"),
                        ],
                        default="arrest",
                        max_length=24,
                    ),
                ),
                ("offense_on", models.DateField(blank=True, null=True)),
                ("court", models.CharField(blank=True, max_length=120)),
                ("county", models.CharField(blank=True, max_length=60)),
                (
                    "case_number",
                    vault.fields.SealedTextField(
                        blank=True, context="charge", null=True, seal_name="case_number"
                    ),
                ),
                ("standing", models.CharField(blank=True, max_length=24, null=True)),
                ("disposed_on", models.DateField(blank=True, null=True)),
                ("dismissed_by", models.CharField(blank=True, max_length=12)),
                (
                    "sentence_completed",
                    models.CharField(
                        blank=True,
                        help_text="ISO date, unknown, or empty where no end is known",
                        max_length=10,
                    ),
                ),
                ("prison_served", models.BooleanField(blank=True, null=True)),
                ("violent_elements", models.BooleanField(blank=True, null=True)),
                ("child_victim", models.BooleanField(blank=True, null=True)),
                (
                    "confidence",
                    models.CharField(
                        choices=[("sure", "Sure"), ("check", "Check"), ("weak", "Weak")],
                        default="sure",
                        max_length=5,
                    ),
                ),
                ("lines", models.CharField(blank=True, max_length=20)),
                ("import_key", models.BinaryField(max_length=16, null=True)),
                (
                    "nexus",
                    models.CharField(
                        choices=[("yes", "Yes"), ("no", "No"), ("not_reviewed", "Not reviewed")],
                        default="not_reviewed",
                        max_length=12,
                    ),
                ),
                ("nexus_basis", models.JSONField(blank=True, default=list)),
                (
                    "nexus_reason",
                    vault.fields.SealedTextField(
                        blank=True, context="charge", long=True, null=True, seal_name="nexus_reason", step=256
                    ),
                ),
                ("nexus_at", models.DateTimeField(blank=True, null=True)),
                (
                    "arrest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="records.arrest",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "nexus_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["arrest__ordinal", "ordinal"],
                "constraints": [
                    models.UniqueConstraint(fields=("arrest", "ordinal"), name="charge_numbered_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("import_key__isnull", False)),
                        fields=("client", "import_key"),
                        name="charge_imported_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("nexus", "not_reviewed"), ("nexus_at__isnull", True)),
                            models.Q(
                                models.Q(("nexus", "not_reviewed"), _negated=True),
                                ("nexus_at__isnull", False),
                                ("nexus_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="charge_nexus_is_somebodys_decision",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Disposition",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("ordinal", models.PositiveIntegerField()),
                ("type", models.CharField(max_length=24)),
                ("on", models.DateField(blank=True, null=True)),
                ("severity", models.CharField(blank=True, max_length=1)),
                ("sentence", models.JSONField(blank=True, null=True)),
                (
                    "charge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispositions",
                        to="records.charge",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
            ],
            options={
                "ordering": ["ordinal"],
                "constraints": [
                    models.UniqueConstraint(fields=("charge", "ordinal"), name="disposition_numbered_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalCharge",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("ordinal", models.PositiveIntegerField()),
                ("code", models.CharField(blank=True, max_length=20)),
                ("section", models.CharField(blank=True, max_length=40)),
                ("description", models.CharField(blank=True, max_length=200)),
                ("attempted", models.BooleanField(default=False)),
                ("level", models.CharField(blank=True, help_text="F, M, I or N as printed", max_length=1)),
                (
                    "severity",
                    models.CharField(blank=True, help_text="after the last reduction", max_length=1),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("arrest", "Arrest"),
                            ("charge", "Charge without conviction"),
                            ("conviction", "Conviction"),
                            ("juvenile_adjudication", "Juvenile adjudication"),
                            ("deferred", "Deferred"),
                        ],
                        default="arrest",
                        max_length=24,
                    ),
                ),
                ("offense_on", models.DateField(blank=True, null=True)),
                ("court", models.CharField(blank=True, max_length=120)),
                ("county", models.CharField(blank=True, max_length=60)),
                (
                    "case_number_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="charge", null=True, seal_name="case_number"
                    ),
                ),
                ("standing", models.CharField(blank=True, max_length=24, null=True)),
                ("disposed_on", models.DateField(blank=True, null=True)),
                ("dismissed_by", models.CharField(blank=True, max_length=12)),
                (
                    "sentence_completed",
                    models.CharField(
                        blank=True,
                        help_text="ISO date, unknown, or empty where no end is known",
                        max_length=10,
                    ),
                ),
                ("prison_served", models.BooleanField(blank=True, null=True)),
                ("violent_elements", models.BooleanField(blank=True, null=True)),
                ("child_victim", models.BooleanField(blank=True, null=True)),
                (
                    "confidence",
                    models.CharField(
                        choices=[("sure", "Sure"), ("check", "Check"), ("weak", "Weak")],
                        default="sure",
                        max_length=5,
                    ),
                ),
                ("lines", models.CharField(blank=True, max_length=20)),
                (
                    "nexus",
                    models.CharField(
                        choices=[("yes", "Yes"), ("no", "No"), ("not_reviewed", "Not reviewed")],
                        default="not_reviewed",
                        max_length=12,
                    ),
                ),
                ("nexus_basis", models.JSONField(blank=True, default=list)),
                (
                    "nexus_reason_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="charge", long=True, null=True, seal_name="nexus_reason", step=256
                    ),
                ),
                ("nexus_at", models.DateTimeField(blank=True, null=True)),
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
                    "arrest",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.arrest",
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
                    "nexus_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical charge",
                "verbose_name_plural": "historical charges",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalDisposition",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("ordinal", models.PositiveIntegerField()),
                ("type", models.CharField(max_length=24)),
                ("on", models.DateField(blank=True, null=True)),
                ("severity", models.CharField(blank=True, max_length=1)),
                ("sentence", models.JSONField(blank=True, null=True)),
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
                    "charge",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.charge",
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
            ],
            options={
                "verbose_name": "historical disposition",
                "verbose_name_plural": "historical dispositions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalNexusEvidence",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("t_visa_approval", "T visa approval"),
                            ("hhs_certification", "HHS certification"),
                            ("i914b_declaration", "I-914B declaration"),
                            ("prosecutor_letter", "Prosecutor’s letter"),
                            ("child_welfare_finding", "Child-welfare finding"),
                            ("client_declaration", "Client’s account"),
                            ("provider_affidavit", "Provider’s affidavit"),
                            ("clinician_affidavit", "Clinician’s affidavit"),
                            ("witness_statement", "Witness statement"),
                        ],
                        max_length=24,
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
                    "charge",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.charge",
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
                    "document",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="documents.document",
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
                    "passage",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="clients.passage",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical nexus evidence",
                "verbose_name_plural": "historical nexus evidences",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRapSheet",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("source", models.CharField(default="ca_doj", max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[("review", "In review"), ("accepted", "Accepted")],
                        default="review",
                        max_length=10,
                    ),
                ),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "text_sealed",
                    vault.fields.SealedTextField(context="rap_sheet", long=True, seal_name="text", step=256),
                ),
                ("reading_sealed", vault.fields.SealedJSONField(context="rap_sheet", seal_name="reading")),
                (
                    "settled_sealed",
                    vault.fields.SealedJSONField(context="rap_sheet", default=dict, seal_name="settled"),
                ),
                ("lines_read", models.PositiveIntegerField(default=0)),
                ("lines_to_check", models.PositiveIntegerField(default=0)),
                ("lines_not_read", models.PositiveIntegerField(default=0)),
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
                    "accepted_by",
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
                    "document",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="documents.document",
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
                    "imported_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical rap sheet",
                "verbose_name_plural": "historical rap sheets",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="NexusEvidence",
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
                            ("t_visa_approval", "T visa approval"),
                            ("hhs_certification", "HHS certification"),
                            ("i914b_declaration", "I-914B declaration"),
                            ("prosecutor_letter", "Prosecutor’s letter"),
                            ("child_welfare_finding", "Child-welfare finding"),
                            ("client_declaration", "Client’s account"),
                            ("provider_affidavit", "Provider’s affidavit"),
                            ("clinician_affidavit", "Clinician’s affidavit"),
                            ("witness_statement", "Witness statement"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "charge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="records.charge",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="documents.document",
                    ),
                ),
                (
                    "passage",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="clients.passage",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("document__isnull", True), ("passage__isnull", False)),
                            models.Q(("document__isnull", False), ("passage__isnull", True)),
                            _connector="OR",
                        ),
                        name="evidence_is_one_thing",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("passage__isnull", False)),
                        fields=("charge", "passage"),
                        name="evidence_passage_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("document__isnull", False)),
                        fields=("charge", "document"),
                        name="evidence_document_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RapSheet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("source", models.CharField(default="ca_doj", max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[("review", "In review"), ("accepted", "Accepted")],
                        default="review",
                        max_length=10,
                    ),
                ),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "text",
                    vault.fields.SealedTextField(context="rap_sheet", long=True, seal_name="text", step=256),
                ),
                ("reading", vault.fields.SealedJSONField(context="rap_sheet", seal_name="reading")),
                (
                    "settled",
                    vault.fields.SealedJSONField(context="rap_sheet", default=dict, seal_name="settled"),
                ),
                ("lines_read", models.PositiveIntegerField(default=0)),
                ("lines_to_check", models.PositiveIntegerField(default=0)),
                ("lines_not_read", models.PositiveIntegerField(default=0)),
                ("same_sheet", models.BinaryField(max_length=16)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
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
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rap_sheets",
                        to="documents.document",
                    ),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("client", "same_sheet"), name="rap_sheet_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at__isnull", True), ("state", "review")),
                            models.Q(("accepted_at__isnull", False), ("state", "accepted")),
                            _connector="OR",
                        ),
                        name="rap_sheet_accepted_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalRecordEvent",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("type", models.CharField(max_length=24)),
                ("on", models.DateField(blank=True, null=True)),
                ("agency", models.CharField(blank=True, max_length=120)),
                ("content_sealed", vault.fields.SealedJSONField(context="record_event", seal_name="content")),
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
                    "sheet",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.rapsheet",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical record event",
                "verbose_name_plural": "historical record events",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalArrest",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("ordinal", models.PositiveIntegerField()),
                ("arrested_on", models.DateField(blank=True, null=True)),
                ("agency", models.CharField(blank=True, max_length=120)),
                ("jurisdiction", models.CharField(default="US-CA", max_length=6)),
                ("county", models.CharField(blank=True, max_length=60)),
                (
                    "number_sealed",
                    vault.fields.SealedTextField(blank=True, context="arrest", null=True, seal_name="number"),
                ),
                (
                    "name_on_record_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="arrest", null=True, seal_name="name_on_record"
                    ),
                ),
                ("lines", models.CharField(blank=True, max_length=20)),
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
                    "sheet",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.rapsheet",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical arrest",
                "verbose_name_plural": "historical arrests",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name="arrest",
            name="sheet",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="arrests",
                to="records.rapsheet",
            ),
        ),
        migrations.CreateModel(
            name="RecordEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("type", models.CharField(max_length=24)),
                ("on", models.DateField(blank=True, null=True)),
                ("agency", models.CharField(blank=True, max_length=120)),
                ("content", vault.fields.SealedJSONField(context="record_event", seal_name="content")),
                ("import_key", models.BinaryField(max_length=16, null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="other_events",
                        to="records.rapsheet",
                    ),
                ),
            ],
            options={
                "ordering": ["on"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("client", "import_key"), name="record_event_imported_once"
                    )
                ],
            },
        ),
    ]
