"""What happened to the invented residents until today, replayed through the services.

`people`, `timeline` and `plan` are pure; `world` calls services; `fates` and `days` say what
happens when; `seed.seed` does it all.
"""
