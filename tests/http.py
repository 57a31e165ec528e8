"""Calls over plain HTTP.

A client of httpx reads all the world's certificates when it is made, which takes 25 ms, more than most
answers; these calls, and whoever takes `TLS` along, read them once.
"""

from __future__ import annotations

import ssl
from functools import partial

import httpx

TLS = ssl.create_default_context()

get = partial(httpx.get, verify=TLS)
post = partial(httpx.post, verify=TLS)
put = partial(httpx.put, verify=TLS)
request = partial(httpx.request, verify=TLS)
stream = partial(httpx.stream, verify=TLS)
