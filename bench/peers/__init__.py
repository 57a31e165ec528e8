"""What ours is measured beside: each peer as its own documentation recommends it.

All of them do the same work, less than ours does: no idempotency key, no attempts, no fencing, no menu,
no history.

    accept    parse and check the JSON, take a number (INCR), store the order and its place on the board
              (one MULTI), put the job into the queue; answer 201 with id and number
    cook      write STARTED and publish it, write SUCCESS and publish it (a MULTI each)
    collect   every second: orders that have been ready long enough become COLLECTED and go off the board

The keys are the same in all of them: hash `order:<id>`, hash `board` (id → number and status), sorted
set `ready`, channel `changes` ("<id> <number> <status>").
"""
