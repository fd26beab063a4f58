"""What the pages say, in Latvian and English (``?lang`` or ``ui_locales`` chooses)."""

from __future__ import annotations

LANGUAGES = ("lv", "en")

TEXTS: dict[str, dict[str, str]] = {
    "lv": {
        "other_language": "English",
        "banner": "Izmēģinājumu vide – nav īstais Latvija.lv",
        "skip": "Pāriet uz saturu",
        "error_prefix": "Kļūda: ",
        "sign_in_title": "Izvēlies, kā vārdā pieslēgties",
        "sign_in_intro": (
            "Vietne, kas tevi šurp sūtīja, saņems izvēlētās personas vārdu, dzimšanas datumu un "
            "personas kodu. Visas personas ir izdomātas. Visi kodi sākas ar 00, un tādu īstu "
            "personas kodu nav."
        ),
        "sign_in_for": "Pieprasa:",
        "residents": "Izdomātās personas",
        "added": "Šeit pievienotās personas",
        "new": "Pievieno citu personu",
        "given_name": "Vārds",
        "family_name": "Uzvārds",
        "birthdate": "Dzimšanas datums",
        "birthdate_hint": "Diena, mēnesis, gads, piemēram, 31.12.1990.",
        "personal_code": "Personas kods (var neaizpildīt)",
        "personal_code_hint": (
            "Ja lauks ir tukšs, kodu izveidosim. Savs kods: 11 cipari, pirmie divi ir 00. "
            "Īstu personas kodu šeit neraksti."
        ),
        "add": "Pievienot un pieslēgties",
        "cancel": "Atgriezties bez pieslēgšanās",
        "code": "Personas kods",
        "earlier_code": "agrāk",
        "older_entry": "(agrākais kods)",
        "errors_title": "Pārbaudi ierakstīto",
        "given_name_missing": "Ieraksti vārdu.",
        "family_name_missing": "Ieraksti uzvārdu.",
        "name_bad": (
            "Lieto tikai burtus, atstarpi, defisi un apostrofu, ne vairāk par {length} zīmēm."
        ),
        "birthdate_missing": "Ieraksti dzimšanas datumu.",
        "birthdate_bad": "Tāda datuma nav. Raksti dienu, mēnesi un gadu, piemēram, 31.12.1990.",
        "birthdate_future": "Dzimšanas datums ir nākotnē. Pārbaudi gadu.",
        "birthdate_old": "Dzimšanas datums ir senāks par {years} gadiem. Pārbaudi gadu.",
        "code_shape": "Kodā vajag tieši 11 ciparus, piemēram, 001234-56789.",
        "code_real": "Kodam jāsākas ar 00. Īstu personas kodu šeit neraksti.",
        "code_taken": "Šis kods jau pieder personai {name}. Izvēlies šo personu sarakstā.",
        "unknown_person": "Šīs personas sarakstā vairs nav. Izvēlies citu.",
        "request_error_title": "Pieprasījums nav derīgs",
        "request_error_intro": (
            "Vietne, kas tevi šurp sūtīja, kļūdījās pieprasījumā. Atgriezies tajā un sāc vēlreiz. "
            "Izstrādātājam:"
        ),
        "signed_out_title": "Pieslēgšanās ir beigta",
        "signed_out_text": "Šī vietne nevienu neatceras: katru reizi persona jāizvēlas no jauna.",
        "portal": "Uz portālu",
        "home_title": "Pieslēgšanās izstrādes vajadzībām",
        "home_text": (
            "Šeit darbojas OpenID Connect pakalpojums, kas izstrādē aizstāj Latvija.lv. "
            "Pieslēgšanos sāk portālā."
        ),
        "authenticator_title": "Autentifikators",
        "authenticator_text": (
            "Paraugdatu darbinieku otrā faktora kodi. Lapa atjaunojas, kad kodi mainās."
        ),
        "authenticator_still": "Neatjaunot lapu pašai",
        "authenticator_live": "Atjaunot lapu, kad kodi mainās",
        "authenticator_empty": "Kodu vēl nav. Tos izveido paraugdatu ielāde.",
        "authenticator_bad": "Kodu failu nevar izlasīt.",
        "account": "Kam",
        "totp": "Kods",
        "left": "Der vēl {seconds} s.",
    },
    "en": {
        "other_language": "Latviešu",
        "banner": "Test environment – not the real Latvija.lv",
        "skip": "Skip to content",
        "error_prefix": "Error: ",
        "sign_in_title": "Choose whom to sign in as",
        "sign_in_intro": (
            "The site that sent you here will receive the chosen person's name, birth date and "
            "personal code. All people are invented. All codes begin with 00, and no real "
            "personal code does."
        ),
        "sign_in_for": "Asked for by:",
        "residents": "Invented people",
        "added": "People added here",
        "new": "Add another person",
        "given_name": "Given name",
        "family_name": "Family name",
        "birthdate": "Date of birth",
        "birthdate_hint": "Day, month, year, for example 31.12.1990.",
        "personal_code": "Personal code (optional)",
        "personal_code_hint": (
            "Leave it empty and we make one. Your own: 11 digits, the first two are 00. "
            "Do not write a real personal code here."
        ),
        "add": "Add and sign in",
        "cancel": "Go back without signing in",
        "code": "Personal code",
        "earlier_code": "earlier",
        "older_entry": "(earlier code)",
        "errors_title": "Check what you wrote",
        "given_name_missing": "Write the given name.",
        "family_name_missing": "Write the family name.",
        "name_bad": (
            "Use only letters, spaces, hyphens and apostrophes, at most {length} characters."
        ),
        "birthdate_missing": "Write the date of birth.",
        "birthdate_bad": "There is no such date. Write day, month and year, e.g. 31.12.1990.",
        "birthdate_future": "The date of birth is in the future. Check the year.",
        "birthdate_old": "The date of birth is more than {years} years ago. Check the year.",
        "code_shape": "The code needs exactly 11 digits, for example 001234-56789.",
        "code_real": "The code must begin with 00. Do not write a real personal code here.",
        "code_taken": "This code belongs to {name} already. Choose that person in the list.",
        "unknown_person": "That person is no longer in the list. Choose another.",
        "request_error_title": "The request is not valid",
        "request_error_intro": (
            "The site that sent you here sent a wrong request. Go back to it and start again. "
            "For the developer:"
        ),
        "signed_out_title": "You are signed out",
        "signed_out_text": "This site remembers nobody: the person is chosen anew each time.",
        "portal": "To the portal",
        "home_title": "Sign-in for development",
        "home_text": (
            "An OpenID Connect service that stands in for Latvija.lv during development. "
            "Sign-in begins in the portal."
        ),
        "authenticator_title": "Authenticator",
        "authenticator_text": (
            "Second-factor codes of the demo staff. The page reloads when the codes change."
        ),
        "authenticator_still": "Do not reload by itself",
        "authenticator_live": "Reload when the codes change",
        "authenticator_empty": "No codes yet. Loading the demo data creates them.",
        "authenticator_bad": "The file of codes cannot be read.",
        "account": "For",
        "totp": "Code",
        "left": "Good for another {seconds} s.",
    },
}


def years(number: int, language: str) -> str:
    """Return "34 gadi", "41 gads" or "34 years"."""
    if language == "en":
        return f"{number} year" if number == 1 else f"{number} years"
    singular = number % 10 == 1 and number % 100 != 11
    return f"{number} gads" if singular else f"{number} gadi"
