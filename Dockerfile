# One image for web, worker, beat and migrate; docker-compose.yml says which command each runs.
FROM python:3.12-slim AS packages
# requirements-observe.txt has everything of requirements.txt, and what reports to Sentry or by OpenTelemetry.
ARG REQUIREMENTS=requirements.txt
COPY requirements.txt requirements-observe.txt /tmp/
# Every package is pinned with its hash; wheels only, so nothing is compiled here and no compiler is needed. The file is
# complete, so pip looks for no more dependencies (requirements/overrides.in leaves one out on purpose).
RUN python -m venv /opt/whitecross \
 && /opt/whitecross/bin/pip install --no-cache-dir --disable-pip-version-check --only-binary :all: \
    --no-deps --require-hashes -r "/tmp/$REQUIREMENTS"

FROM python:3.12-slim
ENV PATH=/opt/whitecross/bin:$PATH PYTHONUNBUFFERED=1
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin whitecross
COPY --from=packages /opt/whitecross /opt/whitecross
WORKDIR /srv/whitecross
COPY manage.py ./
COPY whitecross whitecross
COPY access access
COPY students students
COPY records records
COPY metrics metrics
COPY templates templates
COPY static static
# The settings want every secret. These are good for this one step: collectstatic connects to nothing and keeps none.
RUN SECRET_KEY=for-this-step-only PHI_KEYS=none:none DATABASE_URL=postgres://none/none REDIS_URL=redis://none \
    python manage.py collectstatic --noinput --verbosity 0 \
 && python -m compileall -q .
USER whitecross
EXPOSE 8000
CMD ["python", "-m", "granian", "whitecross.wsgi:application", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "--respawn-failed-workers", \
     "--workers-kill-timeout", "25"]
