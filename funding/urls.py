"""Addresses of pages about money."""

from django.urls import path

from funding.views import aid, appeals, claims

app_name = "funding"
urlpatterns = [
    path("konts/atbalsts/<uuid:commitment_id>/", aid.aid, name="aid"),
    path("konts/atbalsts/<uuid:request_id>/beigt/", aid.aid_end, name="aid_end"),
    path("konts/atmaksa/", claims.claims, name="claims"),
    path("konts/atmaksa/jauna/", claims.new, name="claim_new"),
    path("konts/atmaksa/<uuid:claim_id>/", claims.claim, name="claim"),
    path("konts/atmaksa/<uuid:claim_id>/kas/", claims.what, name="claim_what"),
    path("konts/atmaksa/<uuid:claim_id>/rekins/", claims.papers, name="claim_papers"),
    path("konts/atmaksa/<uuid:claim_id>/parbaude/", claims.check, name="claim_check"),
    path("konts/atmaksa/<uuid:claim_id>/saglabat/", claims.keep, name="claim_keep"),
    path("konts/atmaksa/<uuid:claim_id>/konts/", claims.bank_account, name="claim_account"),
    path("konts/atmaksa/<uuid:claim_id>/atsaukt/", claims.withdraw, name="claim_withdraw"),
    path("konts/iebildums/", appeals.appeal, name="appeal"),
    path("konts/iebildums/<uuid:appeal_id>/", appeals.answer, name="appeal_answer"),
    path("konts/iebildums/<uuid:appeal_id>/atsaukt/", appeals.withdraw, name="appeal_withdraw"),
    path("konts/lemumi/", appeals.decisions, name="decisions"),
    path("konts/lemumi/<uuid:decision_id>/", appeals.decision, name="decision"),
]
