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
        ("records", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("court", "Court"),
                            ("prosecutor", "Prosecutor"),
                            ("police", "Police or sheriff"),
                            ("probation", "Probation"),
                            ("corrections", "Corrections"),
                            ("repository", "State or federal record keeper"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("jurisdiction", models.CharField(default="US-CA", max_length=6)),
                ("county", models.CharField(blank=True, max_length=60)),
                ("address", models.TextField(blank=True)),
                (
                    "calendar",
                    models.CharField(
                        blank=True, help_text="court calendar: us-ca, us-federal …", max_length=12
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "agencies",
                "ordering": ["name"],
                "constraints": [models.UniqueConstraint(fields=("kind", "name"), name="agency_named_once")],
            },
        ),
        migrations.CreateModel(
            name="HistoricalAgency",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("court", "Court"),
                            ("prosecutor", "Prosecutor"),
                            ("police", "Police or sheriff"),
                            ("probation", "Probation"),
                            ("corrections", "Corrections"),
                            ("repository", "State or federal record keeper"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("jurisdiction", models.CharField(default="US-CA", max_length=6)),
                ("county", models.CharField(blank=True, max_length=60)),
                ("address", models.TextField(blank=True)),
                (
                    "calendar",
                    models.CharField(
                        blank=True, help_text="court calendar: us-ca, us-federal …", max_length=12
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
                "verbose_name": "historical agency",
                "verbose_name_plural": "historical agencies",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalMatter",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("vacatur", "Clearing the record"), ("t_visa", "T visa and green card")],
                        max_length=10,
                    ),
                ),
                ("opened_on", models.DateField(default=django.utils.timezone.localdate)),
                ("closed_on", models.DateField(blank=True, null=True)),
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
                    "lead",
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
                "verbose_name": "historical matter",
                "verbose_name_plural": "historical matters",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Matter",
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
                        choices=[("vacatur", "Clearing the record"), ("t_visa", "T visa and green card")],
                        max_length=10,
                    ),
                ),
                ("opened_on", models.DateField(default=django.utils.timezone.localdate)),
                ("closed_on", models.DateField(blank=True, null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matters",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["opened_on"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=("client", "kind"),
                        name="matter_one_open_of_a_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalPetition",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("number", models.PositiveIntegerField()),
                ("statute", models.CharField(max_length=40)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("signed", "Signed"),
                            ("filed", "Filed"),
                            ("served", "Served"),
                            ("opposed", "Opposed"),
                            ("unopposed", "Unopposed"),
                            ("hearing_set", "Hearing set"),
                            ("granted", "Granted"),
                            ("partly_granted", "Partly granted"),
                            ("denied", "Denied"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                (
                    "court_number_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="petition", null=True, seal_name="court_number"
                    ),
                ),
                (
                    "name_mode",
                    models.CharField(
                        choices=[("full", "Full name"), ("initials", "Initials"), ("pseudonym", "Pseudonym")],
                        default="initials",
                        max_length=10,
                    ),
                ),
                ("signed_on", models.DateField(blank=True, null=True)),
                ("filed_on", models.DateField(blank=True, null=True)),
                (
                    "served_on",
                    models.DateField(blank=True, help_text="received by the prosecutor", null=True),
                ),
                ("answered_on", models.DateField(blank=True, null=True)),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("under_seal", models.BooleanField(default=True)),
                (
                    "facts_sealed",
                    vault.fields.SealedJSONField(
                        blank=True, context="petition", null=True, seal_name="facts"
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
                    "court",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.agency",
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
                    "prosecutor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.agency",
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
                "verbose_name": "historical petition",
                "verbose_name_plural": "historical petitions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Deadline",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("what", models.CharField(max_length=160)),
                (
                    "about",
                    vault.fields.SealedTextField(
                        blank=True, context="deadline", max_length=160, null=True, seal_name="about"
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        blank=True,
                        help_text="id of the rule; empty for a date entered by hand",
                        max_length=80,
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("ours", "We act"),
                            ("theirs", "The other side acts"),
                            ("court", "The court acts"),
                            ("agency", "An agency acts"),
                        ],
                        default="ours",
                        max_length=8,
                    ),
                ),
                ("trigger_on", models.DateField(blank=True, null=True)),
                ("raw_on", models.DateField(blank=True, null=True)),
                ("safe_on", models.DateField(blank=True, null=True)),
                ("due_on", models.DateField()),
                ("working", models.JSONField(default=dict)),
                ("confirmed", models.BooleanField(default=False)),
                ("done_on", models.DateField(blank=True, null=True)),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deadlines",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deadlines",
                        to="cases.matter",
                    ),
                ),
            ],
            options={
                "ordering": ["due_on"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_by__isnull", True), ("done_on__isnull", True)),
                            models.Q(("done_by__isnull", False), ("done_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="deadline_done_by_somebody",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Petition",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("number", models.PositiveIntegerField()),
                ("statute", models.CharField(max_length=40)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("signed", "Signed"),
                            ("filed", "Filed"),
                            ("served", "Served"),
                            ("opposed", "Opposed"),
                            ("unopposed", "Unopposed"),
                            ("hearing_set", "Hearing set"),
                            ("granted", "Granted"),
                            ("partly_granted", "Partly granted"),
                            ("denied", "Denied"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                (
                    "court_number",
                    vault.fields.SealedTextField(
                        blank=True, context="petition", null=True, seal_name="court_number"
                    ),
                ),
                (
                    "name_mode",
                    models.CharField(
                        choices=[("full", "Full name"), ("initials", "Initials"), ("pseudonym", "Pseudonym")],
                        default="initials",
                        max_length=10,
                    ),
                ),
                ("signed_on", models.DateField(blank=True, null=True)),
                ("filed_on", models.DateField(blank=True, null=True)),
                (
                    "served_on",
                    models.DateField(blank=True, help_text="received by the prosecutor", null=True),
                ),
                ("answered_on", models.DateField(blank=True, null=True)),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("under_seal", models.BooleanField(default=True)),
                (
                    "facts",
                    vault.fields.SealedJSONField(
                        blank=True, context="petition", null=True, seal_name="facts"
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "court",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.agency"
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="petitions",
                        to="cases.matter",
                    ),
                ),
                (
                    "prosecutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.agency"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("client", "number"), name="petition_numbered_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stage__in", ["draft", "signed", "withdrawn"]),
                            ("filed_on__isnull", False),
                            _connector="OR",
                        ),
                        name="petition_filed_has_a_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stage__in", ["granted", "partly_granted", "denied"]), _negated=True),
                            ("decided_on__isnull", False),
                            _connector="OR",
                        ),
                        name="petition_decided_has_a_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalStageEvent",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("signed", "Signed"),
                            ("filed", "Filed"),
                            ("served", "Served"),
                            ("opposed", "Opposed"),
                            ("unopposed", "Unopposed"),
                            ("hearing_set", "Hearing set"),
                            ("granted", "Granted"),
                            ("partly_granted", "Partly granted"),
                            ("denied", "Denied"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=16,
                    ),
                ),
                ("on", models.DateField()),
                (
                    "note_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="stage_event", long=True, null=True, seal_name="note", step=256
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
                    "petition",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.petition",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical stage event",
                "verbose_name_plural": "historical stage events",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalService",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("personal", "By hand"),
                            ("mail", "By mail"),
                            ("email", "By e-mail"),
                            ("e_filing", "Through e-filing"),
                        ],
                        max_length=10,
                    ),
                ),
                ("sent_on", models.DateField()),
                ("received_on", models.DateField(blank=True, null=True)),
                (
                    "server_sealed",
                    vault.fields.SealedTextField(
                        blank=True,
                        context="service",
                        help_text="who served it, 18 and not a party",
                        max_length=120,
                        null=True,
                        seal_name="server",
                    ),
                ),
                ("required", models.BooleanField(default=True, help_text="the statute asks for it")),
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
                    "proof",
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
                    "recipient",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.agency",
                    ),
                ),
                (
                    "petition",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.petition",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical service",
                "verbose_name_plural": "historical services",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalPetitionCharge",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("granted", "Granted"),
                            ("denied", "Denied"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("result_on", models.DateField(blank=True, null=True)),
                (
                    "order_words_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="petition_charge", null=True, seal_name="order_words"
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
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "petition",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.petition",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical petition charge",
                "verbose_name_plural": "historical petition charges",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalHearing",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("starts_at", models.DateTimeField()),
                ("department", models.CharField(blank=True, max_length=40)),
                ("judge", models.CharField(blank=True, max_length=80)),
                (
                    "issue_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="hearing", max_length=160, null=True, seal_name="issue"
                    ),
                ),
                (
                    "client_appears",
                    models.CharField(
                        choices=[
                            ("in_person", "In person"),
                            ("remote", "By video or phone"),
                            ("counsel", "By counsel only"),
                        ],
                        default="counsel",
                        max_length=10,
                    ),
                ),
                ("interpreter_booked", models.BooleanField(default=False)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("ahead", "Ahead"),
                            ("held", "Held"),
                            ("continued", "Moved to another date"),
                            ("vacated", "Taken off calendar"),
                        ],
                        default="ahead",
                        max_length=10,
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
                    "court",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.agency",
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
                    "petition",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.petition",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical hearing",
                "verbose_name_plural": "historical hearings",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalDeadline",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("what", models.CharField(max_length=160)),
                (
                    "about_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="deadline", max_length=160, null=True, seal_name="about"
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        blank=True,
                        help_text="id of the rule; empty for a date entered by hand",
                        max_length=80,
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("ours", "We act"),
                            ("theirs", "The other side acts"),
                            ("court", "The court acts"),
                            ("agency", "An agency acts"),
                        ],
                        default="ours",
                        max_length=8,
                    ),
                ),
                ("trigger_on", models.DateField(blank=True, null=True)),
                ("raw_on", models.DateField(blank=True, null=True)),
                ("safe_on", models.DateField(blank=True, null=True)),
                ("due_on", models.DateField()),
                ("working", models.JSONField(default=dict)),
                ("confirmed", models.BooleanField(default=False)),
                ("done_on", models.DateField(blank=True, null=True)),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
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
                    "done_by",
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
                    "owner",
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
                (
                    "petition",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.petition",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical deadline",
                "verbose_name_plural": "historical deadlines",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAgencyDuty",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("duty", models.CharField(max_length=160)),
                ("sent_on", models.DateField(blank=True, null=True)),
                ("received_on", models.DateField(blank=True, null=True)),
                ("confirmed_on", models.DateField(blank=True, null=True)),
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
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.agency",
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
                    "proof",
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
                    "petition",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.petition",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical agency duty",
                "verbose_name_plural": "historical agency duties",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Hearing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("starts_at", models.DateTimeField()),
                ("department", models.CharField(blank=True, max_length=40)),
                ("judge", models.CharField(blank=True, max_length=80)),
                (
                    "issue",
                    vault.fields.SealedTextField(
                        blank=True, context="hearing", max_length=160, null=True, seal_name="issue"
                    ),
                ),
                (
                    "client_appears",
                    models.CharField(
                        choices=[
                            ("in_person", "In person"),
                            ("remote", "By video or phone"),
                            ("counsel", "By counsel only"),
                        ],
                        default="counsel",
                        max_length=10,
                    ),
                ),
                ("interpreter_booked", models.BooleanField(default=False)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("ahead", "Ahead"),
                            ("held", "Held"),
                            ("continued", "Moved to another date"),
                            ("vacated", "Taken off calendar"),
                        ],
                        default="ahead",
                        max_length=10,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "court",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.agency"
                    ),
                ),
                (
                    "petition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hearings",
                        to="cases.petition",
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at"],
            },
        ),
        migrations.AddField(
            model_name="deadline",
            name="petition",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deadlines",
                to="cases.petition",
            ),
        ),
        migrations.CreateModel(
            name="AgencyDuty",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("duty", models.CharField(max_length=160)),
                ("sent_on", models.DateField(blank=True, null=True)),
                ("received_on", models.DateField(blank=True, null=True)),
                ("confirmed_on", models.DateField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.agency"
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "proof",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="documents.document",
                    ),
                ),
                (
                    "deadline",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agency_duty",
                        to="cases.deadline",
                    ),
                ),
                (
                    "petition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="cases.petition",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "agency duties",
                "ordering": ["agency__name"],
                "constraints": [
                    models.UniqueConstraint(fields=("petition", "agency"), name="duty_once_an_agency")
                ],
            },
        ),
        migrations.CreateModel(
            name="PetitionCharge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("granted", "Granted"),
                            ("denied", "Denied"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("result_on", models.DateField(blank=True, null=True)),
                (
                    "order_words",
                    vault.fields.SealedTextField(
                        blank=True, context="petition_charge", null=True, seal_name="order_words"
                    ),
                ),
                (
                    "charge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="petition_lines",
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
                    "petition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="cases.petition"
                    ),
                ),
            ],
            options={
                "ordering": ["charge__arrest__ordinal", "charge__ordinal"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("petition", "charge"), name="petition_names_a_charge_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("result", "open"), ("result_on__isnull", True)),
                            models.Q(
                                models.Q(("result", "open"), _negated=True), ("result_on__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="petition_charge_result_has_a_date",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="petition",
            name="charges",
            field=models.ManyToManyField(
                related_name="petitions", through="cases.PetitionCharge", to="records.charge"
            ),
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("personal", "By hand"),
                            ("mail", "By mail"),
                            ("email", "By e-mail"),
                            ("e_filing", "Through e-filing"),
                        ],
                        max_length=10,
                    ),
                ),
                ("sent_on", models.DateField()),
                ("received_on", models.DateField(blank=True, null=True)),
                (
                    "server",
                    vault.fields.SealedTextField(
                        blank=True,
                        context="service",
                        help_text="who served it, 18 and not a party",
                        max_length=120,
                        null=True,
                        seal_name="server",
                    ),
                ),
                ("required", models.BooleanField(default=True, help_text="the statute asks for it")),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "petition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="services",
                        to="cases.petition",
                    ),
                ),
                (
                    "proof",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="documents.document",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.agency"
                    ),
                ),
            ],
            options={
                "ordering": ["sent_on"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("petition", "recipient"), name="service_once_a_recipient"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("received_on__isnull", True),
                            ("received_on__gte", models.F("sent_on")),
                            _connector="OR",
                        ),
                        name="service_received_after_sent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StageEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("signed", "Signed"),
                            ("filed", "Filed"),
                            ("served", "Served"),
                            ("opposed", "Opposed"),
                            ("unopposed", "Unopposed"),
                            ("hearing_set", "Hearing set"),
                            ("granted", "Granted"),
                            ("partly_granted", "Partly granted"),
                            ("denied", "Denied"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=16,
                    ),
                ),
                ("on", models.DateField()),
                (
                    "note",
                    vault.fields.SealedTextField(
                        blank=True, context="stage_event", long=True, null=True, seal_name="note", step=256
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
                    "petition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="cases.petition",
                    ),
                ),
            ],
            options={
                "ordering": ["-on", "-created_at"],
            },
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(fields=["due_on"], name="deadline_by_due"),
        ),
    ]
