"""The offer that closes last stands in the row of the search, kept by the database."""

import django.db.models.deletion
from django.db import migrations, models

import stars.common.money

# The columns of a version's offer, for the writer of the row and for the trigger.
OFFER = """
CREATE FUNCTION catalogue_last_offer(version uuid)
RETURNS TABLE (source_id uuid, price numeric, open_from date, open_until date, others_until date)
LANGUAGE sql STABLE AS $f$
    SELECT o.source_id, o.price, o.open_from, o.open_until,
        lead(o.open_until) OVER (ORDER BY o.open_until DESC, o.open_from DESC, o.id)
    FROM public.catalogue_offer o WHERE o.version_id = version
    ORDER BY o.open_until DESC, o.open_from DESC, o.id LIMIT 1
$f$;
"""
KEPT = """
CREATE FUNCTION catalogue_search_offer() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
    UPDATE public.catalogue_searchrow s
    SET offer_source_id = o.source_id, offer_price = o.price, offer_from = o.open_from,
        offer_until = o.open_until, others_until = o.others_until
    FROM (SELECT 1) one LEFT JOIN public.catalogue_last_offer(
        CASE TG_OP WHEN 'DELETE' THEN OLD.version_id ELSE NEW.version_id END) o ON true
    WHERE s.version_id = CASE TG_OP WHEN 'DELETE' THEN OLD.version_id ELSE NEW.version_id END;
    RETURN NULL;
END $f$;
CREATE TRIGGER search_offer AFTER INSERT OR UPDATE OR DELETE ON catalogue_offer
FOR EACH ROW EXECUTE FUNCTION catalogue_search_offer();
"""
FILL = """
UPDATE catalogue_searchrow s
SET offer_source_id = o.source_id, offer_price = o.price, offer_from = o.open_from,
    offer_until = o.open_until, others_until = o.others_until
FROM catalogue_programmeversion v, LATERAL catalogue_last_offer(v.id) o WHERE v.id = s.version_id
"""
DROP = """
DROP TRIGGER search_offer ON catalogue_offer;
DROP FUNCTION catalogue_search_offer();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0015_self_study"),
        ("vocabularies", "0002_workspace"),
    ]

    operations = [
        migrations.AddField(
            model_name="searchrow",
            name="offer_source",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="vocabularies.term",
            ),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="offer_price",
            field=stars.common.money.MoneyField(help_text="EUR for one person", null=True),
        ),
        migrations.AddField(
            model_name="searchrow", name="offer_from", field=models.DateField(null=True)
        ),
        migrations.AddField(
            model_name="searchrow", name="offer_until", field=models.DateField(null=True)
        ),
        migrations.AddField(
            model_name="searchrow", name="others_until", field=models.DateField(null=True)
        ),
        migrations.RunSQL(OFFER, "DROP FUNCTION catalogue_last_offer(uuid)"),
        migrations.RunSQL(KEPT, DROP),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
