import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import clients.normalise
import vault.fields
import vault.ids
import vault.names


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Client",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("file_number", models.CharField(max_length=20, unique=True)),
                (
                    "person_number",
                    models.BigIntegerField(
                        default=vault.names.new_person_number, editable=False, unique=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("intake", "Intake"),
                            ("open", "Open"),
                            ("closed", "Closed"),
                            ("declined", "Not taken on"),
                        ],
                        default="intake",
                        max_length=10,
                    ),
                ),
                ("opened_on", models.DateField(default=django.utils.timezone.localdate)),
                ("closed_on", models.DateField(blank=True, null=True)),
                (
                    "referral",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("shelter", "Shelter"),
                            ("hotline", "Hotline"),
                            ("law_enforcement", "Law enforcement"),
                            ("public_defender", "Public defender"),
                            ("health", "Health care"),
                            ("legal", "Another legal office"),
                            ("client", "Another client"),
                            ("self", "Came by herself, himself or themself"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "trafficking",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sex", "Sex trafficking"),
                            ("labor", "Labor trafficking"),
                            ("both", "Both"),
                        ],
                        max_length=10,
                    ),
                ),
                ("basic_needs", models.JSONField(blank=True, default=list)),
                ("answers", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "name_used",
                    vault.fields.SealedTextField(client="id", context="client", seal_name="name_used"),
                ),
                (
                    "pronouns",
                    vault.fields.SealedTextField(
                        blank=True, client="id", context="client", null=True, seal_name="pronouns"
                    ),
                ),
                (
                    "legal_name",
                    vault.fields.SealedTextField(
                        blank=True, client="id", context="client", null=True, seal_name="legal_name"
                    ),
                ),
                (
                    "date_of_birth",
                    vault.fields.SealedDateField(
                        blank=True, client="id", context="client", null=True, seal_name="dob"
                    ),
                ),
                (
                    "language",
                    vault.fields.SealedTextField(
                        blank=True, client="id", context="client", null=True, seal_name="language"
                    ),
                ),
                (
                    "interpreter",
                    vault.fields.SealedTextField(
                        blank=True, client="id", context="client", null=True, seal_name="interpreter"
                    ),
                ),
                (
                    "her_words",
                    vault.fields.SealedJSONField(
                        blank=True, client="id", context="client", null=True, seal_name="her_words"
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clients",
                        to="accounts.office",
                    ),
                ),
                (
                    "point_of_contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_for",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("view_statement", "Can read what the client told us"),
                    ("file_for_client", "Can sign and file for the client"),
                    ("manage_team", "Can manage the client's care team"),
                ],
                "indexes": [models.Index(fields=["state", "-opened_on"], name="client_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_on__isnull", False), ("state__in", ["closed", "declined"])),
                            models.Q(("closed_on__isnull", True), ("state__in", ["intake", "open"])),
                            _connector="OR",
                        ),
                        name="client_closed_has_a_date",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CareTeamMember",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("counsel", "Counsel of record"),
                            ("co_counsel", "Co-counsel"),
                            ("advocate", "Advocate"),
                            ("paralegal", "Paralegal"),
                            ("supervision", "Supervision"),
                        ],
                        max_length=12,
                    ),
                ),
                ("joined_on", models.DateField(default=django.utils.timezone.localdate)),
                ("left_on", models.DateField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="team_places",
                        to=settings.AUTH_USER_MODEL,
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_on__isnull", True)),
                        fields=("client", "user"),
                        name="team_one_place_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_on__isnull", True),
                            ("left_on__gte", models.F("joined_on")),
                            _connector="OR",
                        ),
                        name="team_left_after_joined",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Alias",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("name", vault.fields.SealedTextField(context="alias", seal_name="name")),
                ("source", models.CharField(default="intake", max_length=20)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ClientGroupPermission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "content_object",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="clients.client"),
                ),
                ("group", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.group")),
                (
                    "permission",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission"),
                ),
            ],
            options={
                "abstract": False,
                "unique_together": {("group", "permission", "content_object")},
            },
        ),
        migrations.CreateModel(
            name="ClientUserPermission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "content_object",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="clients.client"),
                ),
                (
                    "permission",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
                "unique_together": {("user", "permission", "content_object")},
            },
        ),
        migrations.CreateModel(
            name="Commitment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("due_at", models.DateTimeField()),
                ("what", vault.fields.SealedTextField(context="commitment", seal_name="what")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("owed", "Owed"),
                            ("kept", "Kept"),
                            ("broken", "Not kept"),
                            ("renegotiated", "A new time was agreed"),
                        ],
                        default="owed",
                        max_length=12,
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "follows",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="clients.commitment",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commitments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["due_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("state", "owed")),
                            models.Q(
                                models.Q(("state", "owed"), _negated=True), ("settled_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="commitment_settled_has_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConflictCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("run_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("names_checked", vault.fields.SealedJSONField(context="conflict_check", seal_name="names")),
                (
                    "hits",
                    vault.fields.SealedJSONField(blank=True, context="conflict_check", seal_name="hits"),
                ),
                ("hit_count", models.PositiveIntegerField(default=0)),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("open", "Not decided"),
                            ("clear", "No conflict"),
                            ("screened", "Go on behind a wall"),
                            ("conflict", "Conflict: not taken on"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "note",
                    vault.fields.SealedTextField(
                        blank=True, context="conflict_check", long=True, null=True, seal_name="note", step=256
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "run_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decision", "open")),
                            models.Q(
                                models.Q(("decision", "open"), _negated=True), ("decided_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="conflict_check_decided_has_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalAlias",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("name_sealed", vault.fields.SealedTextField(context="alias", seal_name="name")),
                ("source", models.CharField(default="intake", max_length=20)),
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
            ],
            options={
                "verbose_name": "historical alias",
                "verbose_name_plural": "historical aliass",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalCareTeamMember",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("counsel", "Counsel of record"),
                            ("co_counsel", "Co-counsel"),
                            ("advocate", "Advocate"),
                            ("paralegal", "Paralegal"),
                            ("supervision", "Supervision"),
                        ],
                        max_length=12,
                    ),
                ),
                ("joined_on", models.DateField(default=django.utils.timezone.localdate)),
                ("left_on", models.DateField(blank=True, null=True)),
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
                    "user",
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
                "verbose_name": "historical care team member",
                "verbose_name_plural": "historical care team members",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalClient",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("file_number", models.CharField(db_index=True, max_length=20)),
                (
                    "person_number",
                    models.BigIntegerField(
                        db_index=True, default=vault.names.new_person_number, editable=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("intake", "Intake"),
                            ("open", "Open"),
                            ("closed", "Closed"),
                            ("declined", "Not taken on"),
                        ],
                        default="intake",
                        max_length=10,
                    ),
                ),
                ("opened_on", models.DateField(default=django.utils.timezone.localdate)),
                ("closed_on", models.DateField(blank=True, null=True)),
                (
                    "referral",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("shelter", "Shelter"),
                            ("hotline", "Hotline"),
                            ("law_enforcement", "Law enforcement"),
                            ("public_defender", "Public defender"),
                            ("health", "Health care"),
                            ("legal", "Another legal office"),
                            ("client", "Another client"),
                            ("self", "Came by herself, himself or themself"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "trafficking",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sex", "Sex trafficking"),
                            ("labor", "Labor trafficking"),
                            ("both", "Both"),
                        ],
                        max_length=10,
                    ),
                ),
                ("basic_needs", models.JSONField(blank=True, default=list)),
                ("answers", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "name_used_sealed",
                    vault.fields.SealedTextField(client="id", context="client", seal_name="name_used"),
                ),
                (
                    "pronouns_sealed",
                    vault.fields.SealedTextField(
                        blank=True, client="id", context="client", null=True, seal_name="pronouns"
                    ),
                ),
                (
                    "legal_name_sealed",
                    vault.fields.SealedTextField(
                        blank=True, client="id", context="client", null=True, seal_name="legal_name"
                    ),
                ),
                (
                    "date_of_birth_sealed",
                    vault.fields.SealedDateField(
                        blank=True, client="id", context="client", null=True, seal_name="dob"
                    ),
                ),
                (
                    "language_sealed",
                    vault.fields.SealedTextField(
                        blank=True, client="id", context="client", null=True, seal_name="language"
                    ),
                ),
                (
                    "interpreter_sealed",
                    vault.fields.SealedTextField(
                        blank=True, client="id", context="client", null=True, seal_name="interpreter"
                    ),
                ),
                (
                    "her_words_sealed",
                    vault.fields.SealedJSONField(
                        blank=True, client="id", context="client", null=True, seal_name="her_words"
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
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.office",
                    ),
                ),
                (
                    "point_of_contact",
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
                "verbose_name": "historical client",
                "verbose_name_plural": "historical clients",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalCommitment",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("due_at", models.DateTimeField()),
                ("what_sealed", vault.fields.SealedTextField(context="commitment", seal_name="what")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("owed", "Owed"),
                            ("kept", "Kept"),
                            ("broken", "Not kept"),
                            ("renegotiated", "A new time was agreed"),
                        ],
                        default="owed",
                        max_length=12,
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
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
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="clients.commitment",
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
            ],
            options={
                "verbose_name": "historical commitment",
                "verbose_name_plural": "historical commitments",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalConflictCheck",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("run_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "names_checked_sealed",
                    vault.fields.SealedJSONField(context="conflict_check", seal_name="names"),
                ),
                (
                    "hits_sealed",
                    vault.fields.SealedJSONField(blank=True, context="conflict_check", seal_name="hits"),
                ),
                ("hit_count", models.PositiveIntegerField(default=0)),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("open", "Not decided"),
                            ("clear", "No conflict"),
                            ("screened", "Go on behind a wall"),
                            ("conflict", "Conflict: not taken on"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "note_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="conflict_check", long=True, null=True, seal_name="note", step=256
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
                    "decided_by",
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
                    "run_by",
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
                "verbose_name": "historical conflict check",
                "verbose_name_plural": "historical conflict checks",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalIdentifier",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ssn", "SSN"),
                            ("a_number", "A-number"),
                            ("cii", "California CII number"),
                            ("fbi", "FBI number"),
                            ("license", "Driver’s license or ID"),
                        ],
                        max_length=10,
                    ),
                ),
                ("value_sealed", vault.fields.SealedTextField(context="identifier", seal_name="value")),
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
            ],
            options={
                "verbose_name": "historical identifier",
                "verbose_name_plural": "historical identifiers",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalPassage",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("number", models.PositiveIntegerField()),
                ("title_sealed", vault.fields.SealedTextField(context="passage", seal_name="title")),
                (
                    "text_sealed",
                    vault.fields.SealedTextField(context="passage", long=True, seal_name="text", step=256),
                ),
                ("agreed_uses", models.JSONField(blank=True, default=list)),
                ("read_back_on", models.DateField(blank=True, null=True)),
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
            ],
            options={
                "verbose_name": "historical passage",
                "verbose_name_plural": "historical passages",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRelatedPerson",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("trafficker", "Trafficker"),
                            ("co_defendant", "Co-defendant"),
                            ("family", "Family"),
                            ("employer", "Employer"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("must_not_meet", models.BooleanField(default=False)),
                (
                    "person_number",
                    models.BigIntegerField(
                        db_index=True, default=vault.names.new_person_number, editable=False
                    ),
                ),
                ("name_sealed", vault.fields.SealedTextField(context="related_person", seal_name="name")),
                (
                    "her_word_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="related_person", null=True, seal_name="her_word"
                    ),
                ),
                (
                    "date_of_birth_sealed",
                    vault.fields.SealedDateField(
                        blank=True, context="related_person", null=True, seal_name="dob"
                    ),
                ),
                (
                    "note_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="related_person", long=True, null=True, seal_name="note", step=256
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
            ],
            options={
                "verbose_name": "historical related person",
                "verbose_name_plural": "historical related persons",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSafeContact",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("channel_sealed", vault.fields.SealedTextField(context="safe_contact", seal_name="channel")),
                (
                    "number_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", null=True, seal_name="number"
                    ),
                ),
                (
                    "email_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", null=True, seal_name="email"
                    ),
                ),
                (
                    "hours_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", null=True, seal_name="hours"
                    ),
                ),
                (
                    "voicemail_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", null=True, seal_name="voicemail"
                    ),
                ),
                (
                    "say_you_are_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", null=True, seal_name="say_you_are"
                    ),
                ),
                (
                    "code_word_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", null=True, seal_name="code_word"
                    ),
                ),
                (
                    "never_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", null=True, seal_name="never"
                    ),
                ),
                (
                    "note_sealed",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", long=True, null=True, seal_name="note", step=256
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
            ],
            options={
                "verbose_name": "historical safe contact",
                "verbose_name_plural": "historical safe contacts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalWall",
            fields=[
                ("id", models.UUIDField(db_index=True, default=vault.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("ethics", "Ethics screen"),
                            ("client_wish", "The client asked for it"),
                            ("former", "Former opposing side"),
                        ],
                        max_length=12,
                    ),
                ),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
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
                    "user",
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
                "verbose_name": "historical wall",
                "verbose_name_plural": "historical walls",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Identifier",
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
                            ("ssn", "SSN"),
                            ("a_number", "A-number"),
                            ("cii", "California CII number"),
                            ("fbi", "FBI number"),
                            ("license", "Driver’s license or ID"),
                        ],
                        max_length=10,
                    ),
                ),
                ("value", vault.fields.SealedTextField(context="identifier", seal_name="value")),
                (
                    "value_token",
                    vault.fields.LookupField(
                        index="identifier.value", normalise=clients.normalise.identifier, source="value"
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
                "constraints": [
                    models.UniqueConstraint(fields=("client", "kind"), name="identifier_one_per_kind")
                ],
            },
        ),
        migrations.CreateModel(
            name="Passage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("number", models.PositiveIntegerField()),
                ("title", vault.fields.SealedTextField(context="passage", seal_name="title")),
                (
                    "text",
                    vault.fields.SealedTextField(context="passage", long=True, seal_name="text", step=256),
                ),
                ("agreed_uses", models.JSONField(blank=True, default=list)),
                ("read_back_on", models.DateField(blank=True, null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("client", "number"), name="passage_numbered_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RelatedPerson",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("trafficker", "Trafficker"),
                            ("co_defendant", "Co-defendant"),
                            ("family", "Family"),
                            ("employer", "Employer"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("must_not_meet", models.BooleanField(default=False)),
                (
                    "person_number",
                    models.BigIntegerField(
                        default=vault.names.new_person_number, editable=False, unique=True
                    ),
                ),
                ("name", vault.fields.SealedTextField(context="related_person", seal_name="name")),
                (
                    "her_word",
                    vault.fields.SealedTextField(
                        blank=True, context="related_person", null=True, seal_name="her_word"
                    ),
                ),
                (
                    "date_of_birth",
                    vault.fields.SealedDateField(
                        blank=True, context="related_person", null=True, seal_name="dob"
                    ),
                ),
                (
                    "note",
                    vault.fields.SealedTextField(
                        blank=True, context="related_person", long=True, null=True, seal_name="note", step=256
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SafeContact",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("channel", vault.fields.SealedTextField(context="safe_contact", seal_name="channel")),
                (
                    "number",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", null=True, seal_name="number"
                    ),
                ),
                (
                    "email",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", null=True, seal_name="email"
                    ),
                ),
                (
                    "hours",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", null=True, seal_name="hours"
                    ),
                ),
                (
                    "voicemail",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", null=True, seal_name="voicemail"
                    ),
                ),
                (
                    "say_you_are",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", null=True, seal_name="say_you_are"
                    ),
                ),
                (
                    "code_word",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", null=True, seal_name="code_word"
                    ),
                ),
                (
                    "never",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", null=True, seal_name="never"
                    ),
                ),
                (
                    "note",
                    vault.fields.SealedTextField(
                        blank=True, context="safe_contact", long=True, null=True, seal_name="note", step=256
                    ),
                ),
                (
                    "number_token",
                    vault.fields.LookupField(
                        index="safe_contact.number", normalise=clients.normalise.phone, source="number"
                    ),
                ),
                (
                    "email_token",
                    vault.fields.LookupField(
                        index="safe_contact.email", normalise=clients.normalise.email, source="email"
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
                "constraints": [
                    models.UniqueConstraint(fields=("client",), name="safe_contact_one_per_client")
                ],
            },
        ),
        migrations.CreateModel(
            name="Wall",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vault.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("ethics", "Ethics screen"),
                            ("client_wish", "The client asked for it"),
                            ("former", "Former opposing side"),
                        ],
                        max_length=12,
                    ),
                ),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="walls",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("client", "user"),
                        name="wall_one_a_person",
                    )
                ],
            },
        ),
    ]
