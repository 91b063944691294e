-- Write what a daemon knows of a partition's contacts, put together with what was known here.
-- KEYS: epochs, the partition's hash. ARGV: partition, the epoch in which the daemon holds it or 0, the count of
-- changes that it has seen, whether these are news for who holds it, then each field, its value seen and its new value.
-- Returns "done"; "again" where something has changed since it was seen; "held" where another has taken it over.
--
-- Who holds a partition is told of others' news by a new epoch: its next intent is refused, and it reads all again.
if #ARGV < 4 or (#ARGV - 4) % 3 ~= 0 then
  return redis.error_reply('ERR restate: four words and three parts of each contact are needed')
end
local info = redis.call('INFO', 'server', 'replication')
local life = string.sub(string.match(info, 'run_id:(%x+)'), 1, 10)
  .. string.sub(string.match(info, 'master_replid:(%x+)'), 1, 10)
local partition, epoch = ARGV[1], tonumber(ARGV[2])
local known = tonumber(redis.call('HGET', KEYS[1], partition) or '0')
local claimed = redis.call('HGET', KEYS[1], partition .. '/life') == life
local changes = redis.call('HGET', KEYS[1], partition .. '/changes') or '0'
if epoch > 0 and known ~= epoch and (claimed or known > epoch) then return 'held' end
if changes ~= ARGV[3] then return 'again' end
for first = 5, #ARGV, 3 do
  if (redis.call('HGET', KEYS[2], ARGV[first]) or '') ~= ARGV[first + 1] then return 'again' end
end
for first = 5, #ARGV, 3 do
  redis.call('HSET', KEYS[2], ARGV[first], ARGV[first + 2])
end
if #ARGV > 4 then
  redis.call('HSET', KEYS[1], partition .. '/changes', string.format('%.0f', tonumber(changes) + 1))
end
local highest = math.max(tonumber(redis.call('HGET', KEYS[1], '#') or '0'), known, epoch)
if epoch > 0 then
  redis.call('HSET', KEYS[1], partition, ARGV[2], partition .. '/life', life)
elseif claimed and ARGV[4] == '1' then
  highest = highest + 1
  redis.call('HSET', KEYS[1], partition, string.format('%.0f', highest))
end
redis.call('HSET', KEYS[1], '#', string.format('%.0f', highest))
return 'done'
