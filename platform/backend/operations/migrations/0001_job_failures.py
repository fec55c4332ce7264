import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# Jobs are deleted by procrastinate's own statements, of which Django knows nothing.
WITH_ITS_JOB = """
ALTER TABLE operations_jobfailure ADD CONSTRAINT operations_jobfailure_job
    FOREIGN KEY (job_id) REFERENCES procrastinate_jobs (id) ON DELETE CASCADE
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("procrastinate", "0041_post_retry_failed_job")]

    operations = [
        migrations.CreateModel(
            name="JobFailure",
            fields=[
                (
                    "job",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="failure",
                        serialize=False,
                        to="procrastinate.procrastinatejob",
                    ),
                ),
                (
                    "error",
                    models.CharField(blank=True, help_text="The exception's class", max_length=100),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("failed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("given_up_at", models.DateTimeField(null=True)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL(WITH_ITS_JOB, migrations.RunSQL.noop),
    ]
