"""Letters to people who asked for news; none of them needs an account."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stars.content.models import News, Subscriber
from stars.content.services.subscription import confirmation_token, leaving_token
from stars.notifications import kinds

Params = Mapping[str, Any]
Contexts = list[Mapping[str, Any] | None]


def register() -> None:
    """Called once, when the app is ready."""
    kinds.register(
        "news_subscription",
        subject=_("Confirm that you want news from STARS"),
        title=_("Do you want news from STARS?"),
        text=_(
            "Somebody – we think it was you – asked for news at this address. Press the button and"
            " then “Yes, send me news”. If it was not you, do nothing: in a week the address is"
            " deleted."
        ),
        action=_("Confirm"),
        url_name="content:confirm",
        url_kwargs=("token",),
        resolver=_resolver(confirmation_token),
    )
    kinds.register(
        "news_subscribed_already",
        subject=_("You get news from STARS already"),
        title=_("You get news from STARS already"),
        text=_(
            "Somebody asked for news at this address once more. You need do nothing: news will"
            " come as before."
        ),
        action=_("Read the news"),
        url_name="content:news_list",
        resolver=_resolver(leaving_token),
        unsubscribe="unsubscribe",
    )
    kinds.register(
        "news",
        subject=_("News from STARS"),
        title="%(title)s",
        text="%(lead)s",
        action=_("Read on"),
        url_name="content:news",
        url_kwargs=("slug",),
        resolver=_news,
        unsubscribe="unsubscribe",
    )


def _resolver(token: Callable[[Any], str]) -> kinds.Resolver:
    def resolve(batch: Sequence[Params]) -> Contexts:
        there = _subscribers(batch)
        return [
            {
                "token": token(params["subscriber"]),
                "unsubscribe": _leaving(params["subscriber"]),
            }
            if params["subscriber"] in there
            else None
            for params in batch
        ]

    return resolve


def _news(batch: Sequence[Params]) -> Contexts:
    """Whoever left meanwhile gets nothing more; nor does anybody of news that was taken back."""
    there = _subscribers(batch)
    wanted = {params["news"] for params in batch}
    rows = {
        str(news.pk): news
        for news in News.objects.filter(pk__in=wanted, published_from__isnull=False)
    }
    return [
        {
            "title": news.title,
            "lead": news.lead,
            "slug": news.slug,
            "unsubscribe": _leaving(params["subscriber"]),
        }
        if params["subscriber"] in there and (news := rows.get(params["news"]))
        else None
        for params in batch
    ]


def _subscribers(batch: Sequence[Params]) -> set[str]:
    wanted = {params["subscriber"] for params in batch}
    found = Subscriber.objects.filter(pk__in=wanted).values_list("pk", flat=True)
    return {str(key) for key in found}


def _leaving(subscriber: str) -> str:
    return reverse("content:unsubscribe", kwargs={"token": leaving_token(subscriber)})  # type: ignore[arg-type]
