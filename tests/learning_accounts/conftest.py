"""What opening an account needs: texts to accept and words to choose from."""

from __future__ import annotations

import pytest

from accounts.services import consent
from tests.factories import BEGINNING, TermFactory, VocabularyFactory

WORDS = {
    "education_level": ["basic", "master"],
    "employment_status": ["employed", "unemployed"],
}


@pytest.fixture
def ready(db: None) -> None:
    """Published texts and vocabularies."""
    consent.publish_texts(at=BEGINNING)
    for code, terms in WORDS.items():
        vocabulary = VocabularyFactory(code=code)
        for term in terms:
            TermFactory(vocabulary=vocabulary, code=term)
