"""FastAPI on uvicorn, SAQ for the work, sse-starlette for the stream.

After FastAPI's lifespan events and pydantic models, SAQ's README (settings dictionary, `queue.enqueue`,
CronJob), and sse-starlette's `EventSourceResponse` over a generator with a queue for each viewer.
"""
