"""What the rooms of this floor say to those above."""

from django.dispatch import Signal

# Somebody else's data was shown: actor, person_ids, what, purpose (code words), at.
# stars.audit writes it to the look log.
looked = Signal()
