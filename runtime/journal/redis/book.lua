-- Take in what is said of the operators' changes, and give all that is known of them.
-- KEYS: the ledger's record of the partitions, the book: "#" holds the server's life in which it was last written,
-- its era and its version, "=<subject>" the last change of a thing: era, version, id, a line's end, the change.
-- ARGV: a mark that names the era if this begins one, then for each change its subject, the era and the version at
-- which it was recorded (none and 0 for a new one), its id and itself.
-- Returns the book's version, then of each subject: subject, era, version, id, change.
--
-- An era begins where the server may have lost something: with another life of it, or an empty book. What daemons
-- say again is of earlier eras, so older than all that was recorded in this one; among itself the version decides.
if #KEYS ~= 2 or #ARGV % 5 ~= 1 then
  return redis.error_reply('ERR book: two keys, a mark, and five parts of each change are needed')
end
local info = redis.call('INFO', 'server', 'replication')
local life = string.sub(string.match(info, 'run_id:(%x+)'), 1, 10)
  .. string.sub(string.match(info, 'master_replid:(%x+)'), 1, 10)
local begun, era, version
local book, subjects = {}, {}

local function put(subject, change)
  if not book[subject] then subjects[#subjects + 1] = subject end
  book[subject] = change
end

local kept = redis.call('HGETALL', KEYS[2])
for at = 1, #kept, 2 do
  local field, value = kept[at], kept[at + 1]
  if field == '#' then
    begun, era, version = string.match(value, '^(%S+) (%S+) (%d+)$')
  else
    local of, number, id, change = string.match(value, '^(%S+) (%d+) (%S+)\n(.*)$')
    put(string.sub(field, 2), { era = of, version = tonumber(number), id = id, change = change })
  end
end
if begun ~= life then era = ARGV[1] end
version = math.max(tonumber(version or '1'), tonumber(redis.call('HGET', KEYS[1], 'told') or '0'))

local said, earlier = {}, 0
for at = 2, #ARGV, 5 do
  local one = {
    subject = ARGV[at], era = ARGV[at + 1], version = tonumber(ARGV[at + 2]), id = ARGV[at + 3], change = ARGV[at + 4],
  }
  said[#said + 1] = one
  version = math.max(version, one.version)
  if one.era ~= '' and one.era ~= era then earlier = math.max(earlier, one.version) end
end

-- What was recorded in this era before this daemon spoke stays newer than all that it says, also in eras to come.
local overlap = false
for _, one in pairs(book) do
  overlap = overlap or (one.era == era and one.version <= earlier)
end
if overlap then
  for _, one in pairs(book) do
    if one.era == era then
      one.version = one.version + earlier
      version = math.max(version, one.version)
    end
  end
end

local function is_newer(one, other)
  if (one.era == era) ~= (other.era == era) then return one.era == era end
  if one.version ~= other.version then return one.version > other.version end
  return one.id > other.id
end

for _, one in ipairs(said) do
  local before = book[one.subject]
  if one.era == '' then
    if not before or before.id ~= one.id then -- said again where the answer was lost, it is no other change
      version = version + 1
      one.era, one.version = era, version
      put(one.subject, one)
    end
  elseif not before or is_newer(one, before) then
    put(one.subject, one)
  end
end

table.sort(subjects)
local answer = { string.format('%.0f', version) }
for _, subject in ipairs(subjects) do
  local one = book[subject]
  local number = string.format('%.0f', one.version)
  redis.call('HSET', KEYS[2], '=' .. subject, one.era .. ' ' .. number .. ' ' .. one.id .. '\n' .. one.change)
  for _, part in ipairs({ subject, one.era, number, one.id, one.change }) do answer[#answer + 1] = part end
end
redis.call('HSET', KEYS[2], '#', life .. ' ' .. era .. ' ' .. answer[1])
redis.call('HSET', KEYS[1], 'told', answer[1])
return answer
