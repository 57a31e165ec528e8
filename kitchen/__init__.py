"""The crew: takes slips from the queue, cooks, and writes the outcome into the order book.

It never imports `web`; the two meet only in the order book.
"""
