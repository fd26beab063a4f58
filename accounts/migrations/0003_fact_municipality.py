"""What criteria may ask about a person also says in which municipality they live (FUN-8)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_alter_personfact_kind"),
    ]

    operations = [
        migrations.AlterField(
            model_name="personfact",
            name="kind",
            field=models.CharField(
                choices=[
                    ("birth_date", "Date of birth"),
                    ("employment", "Employment"),
                    ("education", "Education level"),
                    ("low_income", "Low income status"),
                    ("disability", "Disability"),
                    ("region", "Region"),
                    ("municipality", "Municipality of residence"),
                    ("refugee", "Refugee status"),
                    ("sector", "Sector of work"),
                    ("occupation", "Occupation"),
                    ("youngest_child", "Date of birth of the youngest child"),
                    ("deceased", "Deceased"),
                ],
                max_length=20,
            ),
        ),
    ]
