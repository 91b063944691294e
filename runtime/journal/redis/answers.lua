-- Take in what daemons have counted of answers, and give what the asker doesn't know.
-- KEYS: the version of each daemon's count, the counts. ARGV: how many are said, then for each its daemon, its version
-- and the count, then for each that the asker knows its daemon and its version.
-- Returns the daemons of which less is known here than the asker knows, then of each of which more is known: daemon,
-- version, count. A count is never added to: the newest one of a daemon is all that it has counted.
local said = tonumber(ARGV[1] or '')
if #KEYS ~= 2 or not said or #ARGV < 1 + 3 * said or (#ARGV - 1 - 3 * said) % 2 ~= 0 then
  return redis.error_reply('ERR answers: two keys, a number, and three or two parts of each count are needed')
end
local versions = {}
local kept = redis.call('HGETALL', KEYS[1])
for at = 1, #kept, 2 do versions[kept[at]] = kept[at + 1] end
for at = 2, 1 + 3 * said, 3 do
  local daemon, version = ARGV[at], ARGV[at + 1]
  if tonumber(version) > tonumber(versions[daemon] or '-1') then
    versions[daemon] = version
    redis.call('HSET', KEYS[2], daemon, ARGV[at + 2])
    redis.call('HSET', KEYS[1], daemon, version)
  end
end
local known, behind, answer = {}, {}, { '' }
for at = 2 + 3 * said, #ARGV, 2 do
  known[ARGV[at]] = tonumber(ARGV[at + 1])
  if known[ARGV[at]] > tonumber(versions[ARGV[at]] or '-1') then behind[#behind + 1] = ARGV[at] end
end
local daemons = {}
for daemon in pairs(versions) do daemons[#daemons + 1] = daemon end
table.sort(daemons)
for _, daemon in ipairs(daemons) do
  if tonumber(versions[daemon]) > (known[daemon] or -1) then
    for _, part in ipairs({ daemon, versions[daemon], redis.call('HGET', KEYS[2], daemon) }) do
      answer[#answer + 1] = part
    end
  end
end
answer[1] = table.concat(behind, ' ')
return answer
