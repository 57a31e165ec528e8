"""Stock arq, after its documentation: `enqueue_job`, a `WorkerSettings`, everything else as it comes.

It runs in our own environment, with the arq that we build on. `tuned` is what its parameters offer to
somebody in a hurry: a short poll, more jobs at once, no results kept.
"""
