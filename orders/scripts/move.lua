-- Move orders from one status to another: ask.moves, each as transition.lua says. Many moves of one
-- call are many moves alone, announced together.
-- Answers a list, one {outcome, order} for each move.

local answers = {}
for i, move in ipairs(ask.moves) do answers[i] = transition(move) end
announce()
return answers
