from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("services", "0003_limits"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="planlimit",
            name="services_limit_name",
        ),
        migrations.RemoveConstraint(
            model_name="planoverage",
            name="services_overage_name",
        ),
        migrations.AlterField(
            model_name="planlimit",
            name="name",
            field=models.CharField(
                choices=[
                    ("members", "Members"),
                    ("client_apps", "Client apps"),
                    ("customers", "Customers"),
                    ("open_tickets", "Open tickets"),
                    ("api_requests_per_minute", "API requests a minute"),
                ],
                max_length=32,
            ),
        ),
        migrations.AlterField(
            model_name="planoverage",
            name="name",
            field=models.CharField(
                choices=[
                    ("members", "Members"),
                    ("client_apps", "Client apps"),
                    ("customers", "Customers"),
                    ("open_tickets", "Open tickets"),
                    ("api_requests_per_minute", "API requests a minute"),
                ],
                max_length=32,
            ),
        ),
        migrations.AlterField(
            model_name="usagerecord",
            name="name",
            field=models.CharField(
                choices=[
                    ("members", "Members"),
                    ("client_apps", "Client apps"),
                    ("customers", "Customers"),
                    ("open_tickets", "Open tickets"),
                    ("api_requests_per_minute", "API requests a minute"),
                ],
                editable=False,
                max_length=32,
            ),
        ),
        migrations.AddConstraint(
            model_name="planlimit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "name__in",
                        [
                            "members",
                            "client_apps",
                            "customers",
                            "open_tickets",
                            "api_requests_per_minute",
                        ],
                    )
                ),
                name="services_limit_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="planoverage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("name__in", ("members", "client_apps", "customers", "open_tickets"))
                ),
                name="services_overage_name",
                violation_error_message="What is counted by the minute can't be paid for.",
            ),
        ),
    ]
