"""The workshop: the tale of two counters, told by the real parts while they work.

    orderup.py ──► house.py, in the launcher: keeps web and cooks, breaks them, asks show.py to play
                     │ visits.py: real HTTP requests to both counters, and what they measure
                     │ line.py: a socket pair for each life of the web server, since Redis may be out
    page.py, stage.py◄┘ in the web server: the page, its stream, and counter.py, where the cashier cooks

Both sides cook by the same recipe, kitchen/recipes/as_directed.py: the crew finds it by the menu,
the cashier is given it by orderup.py, since nothing here may import the kitchen. Only page.py may
import Quart: the launcher stays light.
"""
