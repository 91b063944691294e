-- Take a partition over: from now on no intent of its earlier holder is written.
-- KEYS: epochs, the partition's hash, positions, writers. ARGV: partition, writer, the last position that it knows to
-- be here, and the life of the server of which it has waited so long that no call can be up from before it, or nothing.
-- Returns the new epoch, then each contact's field and value; or "lost" and the writer's position; or "wait", the
-- server's life, and the daemons that may know what this life of the server has lost, and have yet to say it again.
local info = redis.call('INFO', 'server', 'replication')
local life = string.sub(string.match(info, 'run_id:(%x+)'), 1, 10)
  .. string.sub(string.match(info, 'master_replid:(%x+)'), 1, 10)
local at = tonumber(redis.call('HGET', KEYS[3], ARGV[2]) or '0')
if at < tonumber(ARGV[3]) or redis.call('HGET', KEYS[4], ARGV[2]) ~= life then
  return {'lost', string.format('%.0f', at)}
end
local writers, silent = redis.call('HGETALL', KEYS[4]), {}
for place = 1, #writers, 2 do
  local mark = writers[place + 1]
  if mark ~= life and mark ~= 'gone' then silent[#silent + 1] = writers[place] end
end
if #silent > 0 and ARGV[4] ~= life then
  table.sort(silent)
  table.insert(silent, 1, life)
  table.insert(silent, 1, 'wait')
  return silent
end
for _, writer in ipairs(silent) do redis.call('HSET', KEYS[4], writer, 'gone') end
local epoch = math.max(
  tonumber(redis.call('HGET', KEYS[1], '#') or '0'), tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
)
local text = string.format('%.0f', epoch + 1)
redis.call('HSET', KEYS[1], '#', text, ARGV[1], text, ARGV[1] .. '/life', life)
local taken = redis.call('HGETALL', KEYS[2])
table.insert(taken, 1, text)
return taken
