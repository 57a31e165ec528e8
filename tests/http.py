"""Calls over plain HTTP, to servers that may be slow on a busy machine.

A client of httpx reads all the world's certificates when it is made, which takes 25 ms, more than most
answers; these calls, and whoever takes `TLS` along, read them once.
"""

from __future__ import annotations

import ssl
from functools import partial

import httpx

TLS = ssl.create_default_context()

TIMEOUT_S = 30

get = partial(httpx.get, verify=TLS, timeout=TIMEOUT_S)
post = partial(httpx.post, verify=TLS, timeout=TIMEOUT_S)
put = partial(httpx.put, verify=TLS, timeout=TIMEOUT_S)
request = partial(httpx.request, verify=TLS, timeout=TIMEOUT_S)
stream = partial(httpx.stream, verify=TLS, timeout=TIMEOUT_S)
