# The production image: web, worker, beat and the release step are the same image with another
# command. Packages come from the lock file by their hashes.

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements/runtime.txt requirements/
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes --no-deps --only-binary :all: -r requirements/runtime.txt
COPY . .
# Translations without gettext, then the static files under names that carry their hash. Neither
# needs a secret; the settings ask for them all the same, so they get words that mean nothing.
RUN /venv/bin/python -c "from stars.devstack.messages import compile_stale; compile_stale()" \
    && env DJANGO_SETTINGS_MODULE=stars.settings.production SECRET_KEY=unused \
        PERSONAL_CODE_KEY=unused PERSONAL_CODE_HASH_KEY=unused ALLOWED_HOSTS=unused.invalid \
        DATABASE_URL=postgres://unused.invalid/unused REDIS_URL=redis://unused.invalid \
        OIDC_SERVER_URL=https://unused.invalid OIDC_CLIENT_ID=unused OIDC_CLIENT_SECRET=unused \
        EMAIL_HOST=unused.invalid STARS_SITE_URL=https://unused.invalid \
        /venv/bin/python manage.py collectstatic --noinput


FROM python:3.11-slim-bookworm
# pango and a font make the PDF documents.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app stars \
    && install -d -o stars /media
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER stars
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=stars.settings.production \
    STARS_MEDIA_ROOT=/media
VOLUME /media
EXPOSE 8000
# One blocking thread a worker: a Django connection belongs to its thread, so this is also the
# number of connections that stay open to PostgreSQL.
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "1", "--respawn-failed-workers", \
     "stars.wsgi:application"]
