"""Addresses from application to completion."""

from django.urls import path

from enrolments.views import (
    applying,
    applying_last,
    certificate_list,
    certificates,
    dispute,
    draft,
    learner,
    learner_absence,
    learner_places,
    pledge,
    provider,
    provider_absence,
    provider_attendance,
    provider_changes,
    provider_import,
    provider_learning,
    provider_own_parts,
    provider_people,
    provider_planning,
    provider_staff,
    provider_timetable,
)
from enrolments.views import provider_organisation as org
from enrolments.views import provider_statements as paid
from enrolments.views.provider_home import home

app_name = "enrolments"
urlpatterns = [
    path("pieteikties/<uuid:group_id>/", applying.group, name="apply"),
    path("pieteikties/<uuid:group_id>/rinda/", learner_places.wait, name="apply_queue"),
    path("cita-grupa/<uuid:move_id>/", learner_places.move, name="move"),
    path("pieteikums/<uuid:application_id>/grupa/", applying.change, name="apply_change"),
    path("pieteikums/<uuid:application_id>/atbalsts/", applying.support, name="apply_support"),
    path("pieteikums/<uuid:application_id>/kods/", pledge.code, name="apply_code"),
    path("pieteikums/<uuid:application_id>/cels/", applying.path, name="apply_path"),
    path("pieteikums/<uuid:application_id>/dati/", applying_last.data, name="apply_data"),
    path("pieteikums/<uuid:application_id>/saglabat/", draft.keep, name="apply_keep"),
    path("pieteikums/<uuid:application_id>/parbaude/", applying_last.check, name="apply_check"),
    path("pieteikums/<uuid:application_id>/", learner.application, name="application"),
    path("pieteikums/<uuid:application_id>/atteikties/", learner.withdraw, name="withdraw"),
    path("pieteikums/<uuid:application_id>/nebiju-es/", dispute.own, name="not_me"),
    path("nebiju-es/<str:token>/", dispute.by_link, name="not_me_link"),
    path("pieteikums/<uuid:application_id>/apstiprinat/", learner.confirm, name="confirm"),
    path("pieteikums/<uuid:application_id>/apmeklejums/", learner_absence.absence, name="absence"),
    path("prombutne/<uuid:excuse_id>/atsaukt/", learner_absence.withdraw, name="excuse_withdraw"),
    path("darbvieta/", home, name="provider_home"),
    path("darbvieta/grupas/", provider.groups, name="provider_groups"),
    path("darbvieta/grupas/jauna/", provider_planning.new, name="provider_group_new"),
    path("darbvieta/grupas/<uuid:group_id>/", provider.group, name="provider_group"),
    path(
        "darbvieta/grupas/<uuid:group_id>/labot/",
        provider_planning.edit,
        name="provider_group_edit",
    ),
    path(
        "darbvieta/grupas/<uuid:group_id>/atvert/",
        provider_planning.open_,
        name="provider_group_open",
    ),
    path(
        "darbvieta/grupas/<uuid:group_id>/slegt/",
        provider_planning.close,
        name="provider_group_close",
    ),
    path(
        "darbvieta/grupas/<uuid:group_id>/grafiks/",
        provider_timetable.timetable,
        name="provider_timetable",
    ),
    path(
        "darbvieta/grupas/<uuid:group_id>/atcelt/",
        provider_changes.cancel,
        name="provider_group_cancel",
    ),
    path(
        "darbvieta/grupas/<uuid:group_id>/parcelt/",
        provider_changes.postpone,
        name="provider_group_postpone",
    ),
    path(
        "darbvieta/grupas/<uuid:group_id>/uznemt/",
        provider_people.admit,
        name="provider_admit",
    ),
    path(
        "darbvieta/dalibnieki/<uuid:participation_id>/parcelt/",
        provider_people.move,
        name="provider_move",
    ),
    path(
        "darbvieta/dalibnieki/<uuid:participation_id>/parcelt/atsaukt/",
        provider_people.take_back,
        name="provider_move_back",
    ),
    path(
        "darbvieta/nodarbibas/<uuid:session_id>/labot/",
        provider_timetable.session,
        name="provider_session_edit",
    ),
    path("darbvieta/grupas/<uuid:group_id>/sakt/", provider.start, name="provider_start"),
    path(
        "darbvieta/grupas/<uuid:group_id>/rezultati/",
        provider_learning.completion,
        name="provider_completion",
    ),
    path(
        "darbvieta/grupas/<uuid:group_id>/rezultati/imports/",
        provider_import.completion_import_,
        name="provider_completion_import",
    ),
    path(
        "darbvieta/grupas/<uuid:group_id>/lidzmaksajumi/",
        provider_own_parts.own_parts,
        name="provider_own_parts",
    ),
    path(
        "darbvieta/grupas/<uuid:group_id>/lidzmaksajumi/saraksts/",
        provider_own_parts.own_parts_list,
        name="provider_own_parts_list",
    ),
    path(
        "darbvieta/grupas/<uuid:group_id>/lidzmaksajumi/imports/",
        provider_own_parts.own_parts_import,
        name="provider_own_parts_import",
    ),
    path(
        "darbvieta/lidzmaksajumi/<uuid:co_payment_id>/",
        provider_own_parts.own_part,
        name="provider_own_part",
    ),
    path(
        "darbvieta/nodarbibas/<uuid:session_id>/",
        provider_attendance.attendance,
        name="provider_attendance",
    ),
    path(
        "darbvieta/nodarbibas/<uuid:session_id>/atzimes/",
        provider_attendance.marks,
        name="provider_marks",
    ),
    path(
        "darbvieta/nodarbibas/<uuid:session_id>/kods/",
        provider_absence.code,
        name="provider_code",
    ),
    path(
        "darbvieta/grupas/<uuid:group_id>/apmeklejums/",
        provider_absence.group,
        name="provider_group_attendance",
    ),
    path(
        "darbvieta/grupas/<uuid:group_id>/apmeklejums/slegt/",
        provider_absence.close_month,
        name="provider_close_month",
    ),
    path(
        "darbvieta/prombutnes/<uuid:excuse_id>/",
        provider_absence.excuse,
        name="provider_excuse",
    ),
    path(
        "darbvieta/grupas/<uuid:group_id>/apliecinajumi/",
        certificates.group,
        name="provider_certificates",
    ),
    path(
        "darbvieta/apliecinajumi/<uuid:certificate_id>/atsaukt/",
        certificates.withdraw,
        name="certificate_withdraw",
    ),
    path(
        "darbvieta/apliecinajumu-teksts/<uuid:provider_id>/",
        certificates.template,
        name="certificate_template",
    ),
    path(
        "darbvieta/apliecinajumi/",
        certificate_list.certificates,
        name="provider_certificate_list",
    ),
    path("apliecinajumi/<slug:code>/", certificates.check, name="certificate_check"),
    path("apliecinajums/<uuid:certificate_id>/", certificates.paper, name="certificate_paper"),
    path("darbvieta/norekini/", paid.statements, name="provider_statements"),
    path("darbvieta/norekini/<uuid:statement_id>/", paid.statement, name="provider_statement"),
    path(
        "darbvieta/norekini/<uuid:statement_id>/dokuments/",
        paid.paper,
        name="provider_statement_paper",
    ),
    path("darbvieta/konts/<uuid:provider_id>/", paid.bank, name="provider_bank"),
    path("darbvieta/organizacija/", org.organisations, name="provider_organisations"),
    path(
        "darbvieta/organizacija/<uuid:provider_id>/",
        org.organisation,
        name="provider_organisation",
    ),
    path("darbvieta/organizacija/<uuid:provider_id>/par/", org.about, name="provider_about"),
    path(
        "darbvieta/organizacija/<uuid:provider_id>/vietas/", org.venue_list, name="provider_venues"
    ),
    path("darbvieta/vietas/<uuid:venue_id>/", org.venue, name="provider_venue"),
    path("darbvieta/vietas/<uuid:venue_id>/telpas/", org.room_add, name="provider_rooms"),
    path("darbvieta/telpas/<uuid:room_id>/", org.room, name="provider_room"),
    path(
        "darbvieta/organizacija/<uuid:provider_id>/pasniedzeji/",
        org.teacher_list,
        name="provider_teachers",
    ),
    path("darbvieta/pasniedzeji/<uuid:teacher_id>/", org.teacher, name="provider_teacher"),
    path(
        "darbvieta/organizacija/<uuid:provider_id>/darbinieki/",
        provider_staff.staff_list,
        name="provider_staff",
    ),
    path(
        "darbvieta/darbinieki/<uuid:membership_id>/beigt/",
        provider_staff.end,
        name="provider_staff_end",
    ),
    path(
        "darbvieta/uzaicinajumi/<uuid:invitation_id>/velreiz/",
        provider_staff.again,
        name="provider_invitation_again",
    ),
    path(
        "darbvieta/uzaicinajumi/<uuid:invitation_id>/atsaukt/",
        provider_staff.withdraw,
        name="provider_invitation_withdraw",
    ),
    path("darbvieta/pieteikumi/", provider.applications, name="provider_applications"),
    path(
        "darbvieta/pieteikumi/<uuid:application_id>/",
        provider.application,
        name="provider_application",
    ),
]
