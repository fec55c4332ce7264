# The platform's web process. worker.Dockerfile is this image with what renders documents, started
# differently: CapRover can only choose a Dockerfile, not a command. A test keeps the two alike.
#
# For Docker's classic builder, as CapRover uses it: no --mount and no here-documents. It ignores
# .dockerignore and hands over every variable of the app as a build argument, so only named paths
# are copied and no ARG is declared.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements/platform.txt requirements/platform.txt
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --require-hashes --only-binary :all: \
        --requirement requirements/platform.txt
COPY manage_platform.py manage_platform.py
COPY platform/backend platform/backend
COPY deploy/common.gunicorn.py deploy/platform.gunicorn.py deploy/platform-entrypoint \
    deploy/worker-entrypoint deploy/healthcheck.py deploy/
COPY deploy/build-image deploy/prune.py deploy/compile_loaded.py build/
RUN sh build/build-image platform

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
EXPOSE 8000
# A failure counts only after the start period: longer than any migration may take.
HEALTHCHECK --interval=15s --timeout=5s --start-period=900s --retries=3 \
    CMD ["python", "-IS", "deploy/healthcheck.py"]
CMD ["deploy/platform-entrypoint"]
