# The application without a database: docker-compose.yml puts a PostGIS beside it.

FROM node:20-bookworm-slim AS assets
WORKDIR /ombra
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
COPY scripts/assets.txt scripts/copy-assets ./scripts/
RUN scripts/copy-assets node_modules vendor

FROM python:3.11-slim-bookworm AS application
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --system --create-home --uid 10001 ombra && install -d -o ombra -g ombra /var/lib/ombra
WORKDIR /ombra
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY geo ./geo
COPY etl ./etl
COPY app ./app
COPY data ./data
RUN pip install -c requirements.lock -e ".[linkage,network]"
COPY --from=assets /ombra/vendor ./app/pages/static/vendor
USER ombra
ENV OMBRA_HOME=/var/lib/ombra
VOLUME /var/lib/ombra
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=6 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["python", "-P", "-m", "app.cli", "up", "--host", "0.0.0.0"]
