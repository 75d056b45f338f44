# Two images from one file: docker build --target server .   and   docker build --target edge .
# The steps are those of `make setup` and `make frontend`: locked packages by hash, then the project itself.
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS wheel
WORKDIR /source
COPY locks/build.txt locks/
RUN pip install --no-cache-dir --require-hashes -r locks/build.txt
COPY . .
RUN python server/console/frontend/build.py \
 && pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .

FROM ${PYTHON} AS server-packages
COPY locks/server.txt /locks/
COPY --from=wheel /wheels /wheels
RUN python -m venv /opt/shouwang \
 && /opt/shouwang/bin/pip install --no-cache-dir --require-hashes -r /locks/server.txt \
 && /opt/shouwang/bin/pip install --no-cache-dir --no-deps /wheels/*.whl

FROM ${PYTHON} AS edge-packages
COPY locks/edge.txt /locks/
COPY --from=wheel /wheels /wheels
RUN python -m venv /opt/shouwang \
 && /opt/shouwang/bin/pip install --no-cache-dir --require-hashes -r /locks/edge.txt \
 && /opt/shouwang/bin/pip install --no-cache-dir --no-deps /wheels/*.whl

FROM ${PYTHON} AS base
ENV PATH=/opt/shouwang/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --home-dir /data --create-home shouwang
USER shouwang
WORKDIR /data
VOLUME /data

FROM base AS server
COPY --from=server-packages /opt/shouwang /opt/shouwang
ENV SHOUWANG_DATA_DIR=/data SHOUWANG_HTTP__HOST=0.0.0.0
EXPOSE 8080 1883
HEALTHCHECK --start-period=30s --interval=15s --timeout=5s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
CMD ["shouwang-server", "run"]

FROM base AS edge
COPY --from=edge-packages /opt/shouwang /opt/shouwang
HEALTHCHECK --start-period=60s --interval=30s --timeout=10s CMD ["shouwang-edge", "health", "/data/node.yaml"]
CMD ["shouwang-edge", "run", "/data/node.yaml"]
