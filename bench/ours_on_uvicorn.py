"""Our application on uvicorn: any ASGI server must do. `python -m bench.ours_on_uvicorn`.

uvicorn and httptools are the peers' (`.venv-bench`), whose packages are looked for last: whatever ours
has itself is ours.
"""

from __future__ import annotations

import os
import site

from bench.parts import PEERS

if __name__ == "__main__":
    for directory in PEERS.glob("lib/python3*/site-packages"):
        site.addsitedir(str(directory))
    import uvicorn

    from orders.settings import Settings
    from web.app import create_app

    port = int(os.environ["ORDERUP_PORT"])
    uvicorn.run(create_app(Settings()), port=port, access_log=False, log_level="warning")
