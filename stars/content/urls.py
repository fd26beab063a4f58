"""Addresses of what is published. Paths are Latvian, since people read them."""

from django.urls import path

from stars.content.views import feeds, public, reports, subscription

app_name = "content"
urlpatterns = [
    path("jaunumi/", public.news_list, name="news_list"),
    path("jaunumi/plusma.xml", feeds.news, name="news_feed"),
    path("jaunumi/sanemt/", subscription.subscribe, name="subscribe"),
    path("jaunumi/sanemt/<str:token>/", subscription.confirm, name="confirm"),
    path("jaunumi/nesanemt/<str:token>/", subscription.unsubscribe, name="unsubscribe"),
    path("jaunumi/<slug:slug>/", public.news, name="news"),
    path("palidziba/", public.help_pages, name="help"),
    path("palidziba/pieklustamiba/zinot/", reports.report, name="report"),
    path("palidziba/<slug:slug>/", public.page, name="page"),
    path("kontakti/", public.contacts, name="contacts"),
    path("vardnica/", public.glossary, name="glossary"),
    path("attels/<uuid:picture_id>/", public.picture, name="picture"),
]
