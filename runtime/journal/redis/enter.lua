-- Note that all is here, in this life of the server, that a daemon's journal knows up to a position.
-- KEYS: epochs, positions, writers. ARGV: writer, position, the server's life in which it was said, the highest epoch
-- that the daemon knows, then the names of all daemons that it knows of: they are waited for where something was lost.
-- Returns 1, or 0 where the server has begun another life since.
local info = redis.call('INFO', 'server', 'replication')
local life = string.sub(string.match(info, 'run_id:(%x+)'), 1, 10)
  .. string.sub(string.match(info, 'master_replid:(%x+)'), 1, 10)
if life ~= ARGV[3] then return 0 end
for place = 5, #ARGV do
  if not redis.call('HGET', KEYS[3], ARGV[place]) then redis.call('HSET', KEYS[3], ARGV[place], '') end
end
local at = math.max(tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or '0'), tonumber(ARGV[2]))
local highest = math.max(tonumber(redis.call('HGET', KEYS[1], '#') or '0'), tonumber(ARGV[4]))
redis.call('HSET', KEYS[1], '#', string.format('%.0f', highest))
redis.call('HSET', KEYS[2], ARGV[1], string.format('%.0f', at))
redis.call('HSET', KEYS[3], ARGV[1], life)
return 1
