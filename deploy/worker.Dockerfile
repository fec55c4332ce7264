# The platform's worker: like platform.Dockerfile, whose comments hold here too, and with what renders
# documents. That is large, and no web process needs it. A test keeps the two alike in all else.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements/worker.txt requirements/worker.txt
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --require-hashes --only-binary :all: \
        --requirement requirements/worker.txt
COPY manage_platform.py manage_platform.py
COPY platform/backend platform/backend
COPY deploy/common.gunicorn.py deploy/platform.gunicorn.py deploy/platform-entrypoint \
    deploy/worker-entrypoint deploy/healthcheck.py deploy/
COPY deploy/build-image deploy/prune.py deploy/compile_loaded.py build/
RUN sh build/build-image worker

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STATIC_ROOT=/app/static \
    PORT=8000
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app/static static
COPY --from=build /app/deploy deploy
COPY --from=build /app/manage_platform.py manage_platform.py
COPY --from=build /app/platform platform
USER 10001:10001
# It answers no requests; when it dies, the orchestrator sees that process 1 has ended.
HEALTHCHECK NONE
CMD ["deploy/worker-entrypoint"]
