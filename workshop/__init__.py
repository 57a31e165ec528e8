"""The workshop: the tale of two counters, told by the real parts while they work.

    orderup.py ──► house.py, in the launcher: keeps web and cooks, breaks them, asks show.py to play
                     │ customers.py: real HTTP requests to both counters, and what they measure
                     │ line.py: a socket pair for each life of the web server, since Redis may be out
    web/workshop.py ◄┘ the page, its stream, and counter.py, where the cashier cooks
    kitchen/ ──► recipes/dish.py ──► cooking.py ◄── counter.py: both sides cook by the same function

It may know `orders`, and neither `web` nor `kitchen`.
"""
