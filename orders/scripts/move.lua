-- Move orders from one status to another: ask.moves, each as transition.lua says. Many moves of one call
-- are many moves alone, announced together.
-- Answers a list, one {outcome, order} for each move.

return for_each(ask.moves, transition)
