"""The classic stack: Flask on gunicorn, Celery with Redis as broker and result backend, polling.

After Flask's "Background Tasks with Celery" (application factory, `celery_init_app`, `shared_task`) and
Celery's "Using Redis". What customers and boards see they ask for again and again.
"""
