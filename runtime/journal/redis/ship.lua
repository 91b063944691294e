-- Write lines of a daemon's journal, in their order and once.
-- KEYS: epochs, positions, then the hash of each partition that is written to.
-- ARGV: writer, the last position that it knows to be here, then for each line:
-- position, which of KEYS, partition, what, epoch, field, call, value.
-- Returns what became of them, the writer's position, and the refused positions.
if (#ARGV - 2) % 8 ~= 0 or #ARGV < 10 then
  return redis.error_reply('ERR ship: each line has eight parts')
end
local writer, known = ARGV[1], tonumber(ARGV[2])
local at = tonumber(redis.call('HGET', KEYS[2], writer) or '0')
if at < known then
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
  local taken
  if what == 'end' then
    taken = in_doubt == call
  else -- the intent itself may be here already: all was said again before it was written
    taken = (in_doubt == '' or in_doubt == call) and redis.call('HGET', KEYS[1], partition) == epoch
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
