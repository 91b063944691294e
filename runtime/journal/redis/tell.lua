-- Tell all daemons of a change: those that hold the tenant's partitions hear of it with their next statement.
-- Its version is above all that any of them has confirmed, also where the server has lost earlier changes: these
-- leave empty places, or nobody would take the new one for news.
-- KEYS: the ledger's record of the partitions, the changes. ARGV: change.
-- Returns the change's version.
local CONFIRMED = 16 -- its place in a daemon's record; see runtime/ledger/script.lua
local kept = redis.call('HGETALL', KEYS[1])
local version = redis.call('LLEN', KEYS[2])
for place = 1, #kept, 2 do
  if string.sub(kept[place], 1, 1) == '=' then
    local at = 0
    for word in string.gmatch(kept[place + 1], '%S+') do
      at = at + 1
      if at == CONFIRMED then
        while version < tonumber(word) do version = redis.call('RPUSH', KEYS[2], '') end
      end
    end
  end
end
version = redis.call('RPUSH', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[1], 'told', version)
return version
