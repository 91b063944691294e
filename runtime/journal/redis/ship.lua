-- Write lines of a daemon's journal, in their order and once.
-- KEYS: epochs, positions, writers, then the hash of each partition that is written to.
-- ARGV: writer, the last position that it knows to be here, then for each line:
-- position, which of KEYS, partition, what, epoch, field, call, value.
-- Returns what became of them, the writer's position, and the refused positions.
if (#ARGV - 2) % 8 ~= 0 or #ARGV < 10 then
  return redis.error_reply('ERR ship: each line has eight parts')
end
local writer, known = ARGV[1], tonumber(ARGV[2])
local info = redis.call('INFO', 'server', 'replication')
local life = string.sub(string.match(info, 'run_id:(%x+)'), 1, 10)
  .. string.sub(string.match(info, 'master_replid:(%x+)'), 1, 10)
local at = tonumber(redis.call('HGET', KEYS[2], writer) or '0')
if at < known or redis.call('HGET', KEYS[3], writer) ~= life then
  return {'lost', string.format('%.0f', at), ''}
end
local last = ARGV[#ARGV - 7]
if at >= tonumber(last) then
  -- Written again as it is: what waits for replicas then waits for all that came before.
  redis.call('HSET', KEYS[2], writer, string.format('%.0f', at))
  return {'done', string.format('%.0f', at), redis.call('HGET', KEYS[2], writer .. '/refused') or ''}
end
local refused = {}
for first = 3, #ARGV, 8 do
  local hash, partition, what, epoch = KEYS[tonumber(ARGV[first + 1])], ARGV[first + 2], ARGV[first + 3], ARGV[first + 4]
  local field, call, value = ARGV[first + 5], ARGV[first + 6], ARGV[first + 7]
  local before = redis.call('HGET', hash, field)
  local in_doubt = before and string.match(before, '^([^\n]*)\n') or ''
  local holds = redis.call('HGET', KEYS[1], partition) == epoch
  local taken
  if what == 'end' then -- also by whoever holds the partition no more, and looked at the contact just now
    taken = in_doubt == call and (holds or epoch == '0')
  else -- the intent itself may be here already: all was said again before it was written
    taken = (in_doubt == '' or in_doubt == call) and holds
  end
  if taken then
    redis.call('HSET', hash, field, value)
  else
    refused[#refused + 1] = ARGV[first]
  end
end
local told = table.concat(refused, ' ')
redis.call('HSET', KEYS[2], writer, last, writer .. '/refused', told)
return {'done', last, told}
