-- Take a partition over: from now on no intent of its earlier holder is written.
-- KEYS: epochs, the partition's hash. ARGV: partition.
-- Returns the new epoch, then each contact's field and value.
local taken = redis.call('HGETALL', KEYS[2])
table.insert(taken, 1, tostring(redis.call('HINCRBY', KEYS[1], ARGV[1], 1)))
return taken
