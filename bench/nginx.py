"""nginx with nchan, which fans out a message to its viewers in C: the bar that no Python reaches."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench import parts
from bench.harness import NotHere

MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")

CONFIGURATION = """
load_module {module};
daemon off;
user root;
worker_processes 1;
worker_rlimit_nofile 20000;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log warn;
events {{ worker_connections 19000; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = /publish {{
      nchan_publisher;
      nchan_channel_id board;
      nchan_message_buffer_length 64;
    }}
    location = /board/events {{
      nchan_subscriber eventsource;
      nchan_channel_id board;
      nchan_subscriber_first_message oldest;
    }}
  }}
}}
"""


@asynccontextmanager
async def nchan(folder: Path) -> AsyncIterator[parts.Web]:
    """One worker process. `POST /publish` goes to everybody at `/board/events`. Raises NotHere."""
    program = _nginx()
    port, file = parts.free_port(), folder / "nginx.conf"
    file.write_text(CONFIGURATION.format(module=MODULE, folder=folder, port=port))
    words = (program, "-c", str(file), "-e", str(folder / "nginx-error.log"))
    async with parts.web(folder, "nginx", port, *words) as server:
        yield server


def _nginx() -> str:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None or not MODULE.exists():
        raise NotHere("nginx with nchan is missing: apt install nginx libnginx-mod-nchan")
    return program
