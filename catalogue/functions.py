"""SQL functions of the catalogue (migration 0002), as Django expressions."""

from django.db.models import FloatField, Func, TextField


class PlainText(Func):
    """Lower case without the marks of letters; immutable, so that it can be indexed."""

    function = "plain_text"
    output_field = TextField()


class CatalogueText(Func):
    """Everything one may search in a version: both titles and both summaries, plain."""

    function = "catalogue_text"
    arity = 4
    output_field = TextField()


class WordSimilarity(Func):
    """How well the first text fits into some part of the second: 0–1 (pg_trgm)."""

    function = "word_similarity"
    arity = 2
    output_field = FloatField()


TEXT_FIELDS = ("title_lv", "title_en", "summary_lv", "summary_en")
