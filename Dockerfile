# One image for both parts: `orderup web` (the default) and `orderup kitchen`.
FROM python:3.13-slim

WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes --requirement requirements.lock

COPY orderup.py ./
COPY orders orders
COPY kitchen kitchen
COPY web web
COPY static static
COPY templates templates

# /data keeps the staff PIN when none is set.
RUN useradd --system orderup && install --directory --owner orderup /data
USER orderup
ENV ORDERUP_HOST=0.0.0.0 ORDERUP_DATA_DIR=/data PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1

EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD \
    ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('ORDERUP_PORT', '8000') + '/readyz')"]

ENTRYPOINT ["python", "orderup.py"]
CMD ["web"]
