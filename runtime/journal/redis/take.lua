-- Take a partition over: from now on no intent of its earlier holder is written.
-- KEYS: epochs, the partition's hash, positions. ARGV: partition, writer, the last position that it knows to be here.
-- Returns the new epoch, then each contact's field and value; or "lost" and the writer's position.
local at = tonumber(redis.call('HGET', KEYS[3], ARGV[2]) or '0')
if at < tonumber(ARGV[3]) then
  return {'lost', string.format('%.0f', at)}
end
local taken = redis.call('HGETALL', KEYS[2])
table.insert(taken, 1, tostring(redis.call('HINCRBY', KEYS[1], ARGV[1], 1)))
return taken
