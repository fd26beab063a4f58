"""Addresses of the pages that join apps. Paths are Latvian, since people read them."""

from django.urls import path

from stars.web import gallery
from stars.web.views import (
    account,
    asked,
    comparing,
    data,
    erasing,
    fit,
    inbox,
    joining,
    listing,
    machines,
    offer,
    opening,
    profile,
    programme,
    public,
    published,
    rounds,
    saved,
    system,
    texts,
    work_draft,
    work_filters,
    work_programmes,
)

app_name = "web"
urlpatterns = [
    # The offer
    path("", public.home, name="home"),
    path("macibas/", listing.catalogue_list, name="catalogue"),
    path("ieteikumi/", listing.suggestions, name="suggest"),
    # Words that stand where a slug would are kept from programmes (catalogue.services.addresses).
    path("macibas/salidzinat/", comparing.compare, name="compare"),
    path("macibas/arhivs/", offer.archive, name="archive"),
    path("macibas/jaunas.xml", published.programme_feed, name="programme_feed"),
    path("macibas/<slug:slug>/", programme.programme, name="programme"),
    path("macibas/<slug:slug>/pieteikties/", programme.choose, name="choose"),
    path("macibas/<slug:slug>/nodarbibas/<uuid:group_id>/", programme.sessions, name="sessions"),
    path(
        "macibas/<slug:slug>/nodarbibas/<uuid:group_id>/kalendars.ics",
        programme.calendar,
        name="calendar",
    ),
    path("sniedzeji/", offer.providers, name="providers"),
    path("sniedzeji/<slug:provider_slug>/", offer.provider, name="provider"),
    path("atbalsts/", offer.support_list, name="support"),
    path("atbalsts/<slug:source_code>/", offer.source, name="source"),
    path("pieskirumi/", rounds.rounds, name="rounds"),
    path("pieskirumi/<slug:round_code>/", rounds.round_log, name="round_log"),
    path("atlases/", published.calls, name="calls"),
    # Becoming a provider
    path("klusti-par-sniedzeju/", joining.join, name="join"),
    path("klusti-par-sniedzeju/organizacija/", joining.organisation, name="join_organisation"),
    path("klusti-par-sniedzeju/pieredze/", joining.experience, name="join_experience"),
    path("klusti-par-sniedzeju/parbaude/", joining.check, name="join_check"),
    path("klusti-par-sniedzeju/saglabat/<int:step>/", joining.keep, name="join_keep"),
    path("klusti-par-sniedzeju/atsaukt/", joining.withdraw, name="join_withdraw"),
    path("kads-atbalsts/", fit.fit, name="fit"),
    # The account
    path("konts/", account.account, name="account"),
    path("konts/atvert/", opening.opening, name="opening"),
    path("konts/atvert/melnraksts/", opening.draft, name="opening_draft"),
    path("konts/profils/", profile.profile, name="profile"),
    path("konts/nauda/", account.movements, name="movements"),
    path("konts/nauda/izraksts.pdf", account.statement, name="statement"),
    path("konts/<uuid:account_id>/izraksts.pdf", account.statement_of, name="statement_of"),
    path("konts/nauda/pieprasijums/", account.asking, name="asking"),
    path("konts/nauda/<uuid:grant_id>/uzkrat/", account.accumulate, name="accumulate"),
    path("konts/nauda/<uuid:grant_id>/atdot/", account.decline, name="decline"),
    path("konts/saglabatas/", saved.saved, name="saved"),
    path("konts/saglabatas/maina/", saved.save, name="save"),
    path("konts/ieteikumi/", saved.for_you, name="for_you"),
    path("konts/ieteikumi/sledzis/", saved.suggestions, name="suggestions"),
    path("konts/velos/", asked.asked, name="asked"),
    path("konts/meklejumi/", saved.alert, name="alert"),
    path("konts/meklejumi/<uuid:alert_id>/beigt/", saved.alert_end, name="alert_end"),
    path("konts/dati/", data.data, name="data"),
    path("konts/dati/dzesana/", erasing.erasing, name="erasing"),
    path("konts/zinas/", inbox.inbox, name="inbox"),
    path("konts/zinas/izlasitas/", inbox.read_all, name="read_all"),
    path("konts/zinas/<uuid:message_id>/", inbox.read_one, name="read_one"),
    # The provider's workspace: programmes (the rest of it is in enrolments.urls)
    path("darbvieta/programmas/", work_programmes.programmes, name="work_programmes"),
    path("darbvieta/programmas/jauna/", work_programmes.new, name="work_programme_new"),
    path(
        "darbvieta/programmas/<uuid:version_id>/", work_programmes.programme, name="work_programme"
    ),
    path("darbvieta/programmas/<uuid:version_id>/rakstit/", work_draft.draft, name="work_draft"),
    path(
        "darbvieta/programmas/<uuid:version_id>/saglabat/", work_draft.keep, name="work_draft_keep"
    ),
    path(
        "darbvieta/programmas/<uuid:version_id>/prieksskatijums/",
        work_draft.preview,
        name="work_preview",
    ),
    path("darbvieta/programmas/<uuid:version_id>/iesniegt/", work_draft.send, name="work_send"),
    path(
        "darbvieta/programmas/<uuid:version_id>/atsaukt/",
        work_programmes.take_back,
        name="work_take_back",
    ),
    path(
        "darbvieta/programmas/<uuid:version_id>/jauna-versija/",
        work_programmes.new_version,
        name="work_new_version",
    ),
    path(
        "darbvieta/programmas/<uuid:version_id>/arhivet/",
        work_programmes.archive,
        name="work_archive",
    ),
    path("darbvieta/filtri/", work_filters.keep, name="work_filter"),
    path("darbvieta/filtri/<uuid:filter_id>/dzest/", work_filters.drop, name="work_filter_drop"),
    # Texts
    path("noteikumi/", texts.terms, name="terms"),
    path("privatums/", texts.privacy, name="privacy"),
    # What the frame of the page and machines ask for
    path("pec-ienaksanas/", system.after_signin, name="after_signin"),
    path("sesija/", system.session_extend, name="session_extend"),
    path("health/", system.health, name="health"),
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap_index, name="sitemap"),
    path("sitemap-<slug:section>.xml", machines.sitemap_section, name="sitemap_section"),
    path("komponentes/", gallery.gallery, name="gallery"),
]
