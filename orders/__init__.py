"""The order book: orders, the menu, the keys in Redis and the feed of changes.

It knows neither the counter (`web`) nor the crew (`kitchen`); both know it.
"""
