import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AccessEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("actor_id", models.BigIntegerField(db_index=True, null=True)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("seen", "Looked at"),
                            ("listed", "Shown in a list"),
                            ("searched", "Found by a search"),
                            ("revealed", "Masked value shown"),
                            ("created", "Added"),
                            ("changed", "Changed"),
                            ("stage", "Moved to another stage"),
                            ("file_added", "File added"),
                            ("file_opened", "File opened"),
                            ("drafted", "Paper drafted"),
                            ("report_seen", "Report looked at"),
                            ("exported", "Exported"),
                            ("conflict_checked", "Conflict check run"),
                            ("team_joined", "Joined the care team"),
                            ("team_left", "Left the care team"),
                            ("wall_set", "Wall set"),
                            ("wall_lifted", "Wall lifted"),
                            ("refused", "Refused"),
                            ("account", "Account changed"),
                            ("signed_in", "Signed in"),
                        ],
                        max_length=20,
                    ),
                ),
                ("object_kind", models.CharField(blank=True, max_length=40)),
                ("object_id", models.CharField(blank=True, max_length=40)),
                ("client_id", models.UUIDField(null=True)),
                ("fields", models.JSONField(default=list)),
                ("objects_shown", models.JSONField(default=list)),
                ("request_id", models.CharField(blank=True, max_length=32)),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["client_id", "-at"], name="access_of_client")],
            },
        ),
    ]
