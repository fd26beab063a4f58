"""The agency's workplace: the theme in the portal's colours (static/css/stars.css)."""

from django.templatetags.static import static

UNFOLD = {
    "SITE_TITLE": "STARS",
    "SITE_HEADER": "STARS",
    "SITE_SYMBOL": "kid_star",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/mark.svg")}
    ],
    "DASHBOARD_CALLBACK": "stars.common.desk.fill",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "STYLES": [lambda request: static("admin/agency.css")],
    "COLORS": {
        # 600 carries white text and is a link on paper, 500 is a link on ink.
        "primary": {
            "50": "#eef2fb",
            "100": "#dce4f7",
            "200": "#bccbf0",
            "300": "#a9bcf2",
            "400": "#9cb2f1",
            "500": "#8ea7f0",
            "600": "#1d3a8a",
            "700": "#182f70",
            "800": "#13265a",
            "900": "#0e1c43",
            "950": "#0a1430",
        },
    },
}
