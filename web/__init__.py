"""The counter: cashier, board, ticket and API, everything that speaks HTTP.

It never imports `kitchen`; work is handed over through the order book, by task name.
"""
