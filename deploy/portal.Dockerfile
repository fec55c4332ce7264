# The portal. See platform.Dockerfile for what CapRover's builder asks of both.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements/portal.txt requirements/portal.txt
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --require-hashes --only-binary :all: \
        --requirement requirements/portal.txt
COPY manage_portal.py manage_portal.py
COPY portal portal
COPY deploy/common.gunicorn.py deploy/portal.gunicorn.py deploy/healthcheck.py deploy/
COPY deploy/build-image deploy/prune.py deploy/compile_loaded.py build/
RUN sh build/build-image portal

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
COPY --from=build /app/manage_portal.py manage_portal.py
COPY --from=build /app/portal portal
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-IS", "deploy/healthcheck.py"]
CMD ["gunicorn", "--config", "deploy/portal.gunicorn.py"]
