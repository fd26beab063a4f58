"""Open groups as the search sees them, kept by the database."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
INSERT INTO catalogue_searchgroup
    (group_id, programme_id, version_id, starts_on, apply_until, weekdays, after_work, free,
        earlier)
SELECT g.id, v.programme_id, v.id, g.starts_on, g.apply_until, g.weekdays, g.after_work,
    g.taken < g.capacity, p.current_id IS DISTINCT FROM v.id
FROM catalogue_group g JOIN catalogue_programmeversion v ON v.id = g.version_id
JOIN catalogue_programme p ON p.id = v.programme_id
WHERE g.state = 'open'
"""
# A place that is not the last one writes nothing.
KEPT = """
CREATE FUNCTION catalogue_search_group() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
    IF NEW.state <> 'open' THEN
        DELETE FROM public.catalogue_searchgroup WHERE group_id = NEW.id;
        RETURN NULL;
    END IF;
    INSERT INTO public.catalogue_searchgroup
        (group_id, programme_id, version_id, starts_on, apply_until, weekdays, after_work, free,
            earlier)
    SELECT NEW.id, v.programme_id, v.id, NEW.starts_on, NEW.apply_until, NEW.weekdays,
        NEW.after_work, NEW.taken < NEW.capacity, p.current_id IS DISTINCT FROM v.id
    FROM public.catalogue_programmeversion v
    JOIN public.catalogue_programme p ON p.id = v.programme_id WHERE v.id = NEW.version_id
    ON CONFLICT (group_id) DO UPDATE SET
        version_id = excluded.version_id, starts_on = excluded.starts_on,
        apply_until = excluded.apply_until, weekdays = excluded.weekdays,
        after_work = excluded.after_work, free = excluded.free, earlier = excluded.earlier;
    RETURN NULL;
END $f$;
CREATE TRIGGER search_group_made AFTER INSERT ON catalogue_group
FOR EACH ROW WHEN (NEW.state = 'open') EXECUTE FUNCTION catalogue_search_group();
CREATE TRIGGER search_group_changed AFTER UPDATE ON catalogue_group FOR EACH ROW WHEN (
    (OLD.state = 'open' OR NEW.state = 'open')
    AND (OLD.state, OLD.version_id, OLD.starts_on, OLD.apply_until, OLD.weekdays, OLD.after_work,
        OLD.taken < OLD.capacity)
    IS DISTINCT FROM (NEW.state, NEW.version_id, NEW.starts_on, NEW.apply_until, NEW.weekdays,
        NEW.after_work, NEW.taken < NEW.capacity)
) EXECUTE FUNCTION catalogue_search_group();
CREATE FUNCTION catalogue_search_version() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
    UPDATE public.catalogue_searchgroup
    SET earlier = NEW.current_id IS DISTINCT FROM version_id WHERE programme_id = NEW.id;
    RETURN NULL;
END $f$;
CREATE TRIGGER search_version_shown AFTER UPDATE OF current_id ON catalogue_programme
FOR EACH ROW WHEN (OLD.current_id IS DISTINCT FROM NEW.current_id)
EXECUTE FUNCTION catalogue_search_version();
"""
DROP = """
DROP TRIGGER search_version_shown ON catalogue_programme;
DROP FUNCTION catalogue_search_version();
DROP TRIGGER search_group_changed ON catalogue_group;
DROP TRIGGER search_group_made ON catalogue_group;
DROP FUNCTION catalogue_search_group();
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0010_version_in_short")]

    operations = [
        migrations.CreateModel(
            name="SearchGroup",
            fields=[
                (
                    "group",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="catalogue.group",
                    ),
                ),
                ("starts_on", models.DateField()),
                ("apply_until", models.DateField()),
                ("weekdays", models.PositiveSmallIntegerField()),
                ("after_work", models.BooleanField()),
                ("free", models.BooleanField()),
                ("earlier", models.BooleanField()),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalogue.programme",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalogue.programmeversion",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("earlier", True)),
                        fields=["programme"],
                        name="search_earlier",
                    )
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(KEPT, DROP),
    ]
