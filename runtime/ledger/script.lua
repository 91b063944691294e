#!lua flags=allow-oom
-- One resource's ledger: takes a node's statement, answers with what it holds.
--
-- KEYS[1] is a hash: "#" the head, "told" what is to be told to all, "@" the
-- units' holders, "=<node>" a record for each node. Reads and checks come
-- first, writes last: Redis rolls nothing back. No clock is read: time passes
-- only as nodes state what they have measured. Milliseconds throughout; whole
-- numbers up to 2^53. docs/guarantees.md says what is promised, and why so.

local UNITS = 256
local PATIENCE = 10 -- so many statements of each that waits may a slot out of turn outlast
local FOREVER = 2 ^ 52
local SLACK = 1.05 -- clocks may differ by so much in rate

local HEAD = {
  'generation', 'learning', 'learned', 'joined', 'turn', 'limit', 'limit_generation', 'day',
}
local RECORD = {
  'version', 'held', 'uses', 'wants', 'epoch', 'lease', 'tail', 'lag', 'join', 'knows', 'stated',
  'quiet', 'remaining', 'got', 'breaker', 'told', 'own_day', 'carried', 'index',
}

local floor, max, min = math.floor, math.max, math.min

local function text(number)
  return string.format('%.0f', number)
end

local function words(line)
  local found = {}
  for word in string.gmatch(line, '%S+') do found[#found + 1] = word end
  return found
end

local function unpacked(names, line)
  local at, read = 0, {}
  for word in string.gmatch(line, '%S+') do
    at = at + 1
    if at <= #names then read[names[at]] = tonumber(word) else read.life = word end
  end
  return read
end

local function packed(names, read)
  local values = {}
  for at = 1, #names do values[at] = read[names[at]] end
  return string.format('%.0f' .. string.rep(' %.0f', #names - 1), unpack(values))
end

-- The statement

local NUMBERS = {
  'version', 'acknowledged', 'generation', 'holds', 'uses', 'wants', 'limit', 'limit_generation',
  'lease', 'tail', 'lag', 'epoch', 'joined', 'learned', 'loss', 'leaving', 'breaker', 'told',
  'day', 'own_day', 'carried',
}

local function whole(word)
  local number = tonumber(word)
  if not number or number < 0 or number > 9007199254740991 or number ~= floor(number) then return nil end
  return number
end

local function observed(list, into)
  local found = words(list)
  if #found % 3 ~= 0 then return false end
  for at = 1, #found, 3 do
    local version, value = whole(found[at + 1]), whole(found[at + 2])
    if not version or not value then return false end
    into[#into + 1] = { node = found[at], version = version, value = value }
  end
  return true
end

if #KEYS ~= 1 or #ARGV ~= 8 then
  return redis.error_reply('ERR trunkline: one key and eight arguments are needed')
end
local said = { node = ARGV[1], life = ARGV[3], units = ARGV[4], quiet = {}, countdowns = {}, live = {}, lapsed = {} }
if not string.find(said.node, '^%S+$') then
  return redis.error_reply('ERR trunkline: a node has a name without spaces')
end
local given = words(ARGV[2])
if #given ~= #NUMBERS then
  return redis.error_reply('ERR trunkline: a statement has ' .. #NUMBERS .. ' numbers')
end
for at = 1, #NUMBERS do
  local number = whole(given[at])
  if not number then
    return redis.error_reply('ERR trunkline: ' .. NUMBERS[at] .. ' is no whole number: ' .. given[at])
  end
  said[NUMBERS[at]] = number
end
if said.holds < said.uses or said.lease == 0 or said.version == 0 then
  return redis.error_reply('ERR trunkline: nothing is held, or less than is in use, or no lease is given')
end
if said.units ~= '' and not string.find(said.units, '^' .. string.rep('%x', UNITS / 4) .. '$') then
  return redis.error_reply('ERR trunkline: units are 64 hexadecimal digits')
end
for at, name in ipairs({ 'quiet', 'countdowns', 'live', 'lapsed' }) do
  if not observed(ARGV[4 + at], said[name]) then
    return redis.error_reply('ERR trunkline: ' .. name .. ' are triples of node, version and number')
  end
end

-- What is kept

local kept = redis.call('HGETALL', KEYS[1])
local head, owners, told = nil, nil, 0
local records, names = {}, {}
for at = 1, #kept, 2 do
  local field, value = kept[at], kept[at + 1]
  if field == '#' then
    head = unpacked(HEAD, value)
  elseif field == '@' then
    owners = value
  elseif field == 'told' then
    told = tonumber(value)
  elseif string.sub(field, 1, 1) == '=' then
    local record = unpacked(RECORD, value)
    record.name = string.sub(field, 2)
    records[record.name] = record
    names[#names + 1] = record.name
  end
end
table.sort(names)

local named = said.units ~= ''
local info = redis.call('INFO', 'server', 'replication')
local life = string.sub(string.match(info, 'run_id:(%x+)'), 1, 10)
  .. string.sub(string.match(info, 'master_replid:(%x+)'), 1, 10)
local gone = {}

local function live(record)
  return record.remaining < 0
end

local function join(record)
  head.joined = head.joined + 1
  record.join = head.joined
end

local function add(name, record)
  local taken = {}
  for _, other in ipairs(names) do taken[records[other].index] = true end
  local index = 1
  while taken[index] do index = index + 1 end
  record.name, record.index = name, index
  join(record)
  for _, field in ipairs(RECORD) do record[field] = record[field] or 0 end
  record.remaining = -1
  record.changed = true
  records[name] = record
  names[#names + 1] = name
  table.sort(names)
  return record
end

-- Units: two hexadecimal digits each, the index of the holder, 00 for none

local holder = {}
if named then
  owners = owners or string.rep('00', UNITS)
  for unit = 0, UNITS - 1 do
    holder[unit] = tonumber(string.sub(owners, 2 * unit + 1, 2 * unit + 2), 16)
  end
end

local function stated_units()
  local set = {}
  for digit = 0, UNITS / 4 - 1 do
    local nibble = tonumber(string.sub(said.units, UNITS / 4 - digit, UNITS / 4 - digit), 16)
    for bit = 0, 3 do
      set[4 * digit + bit] = floor(nibble / 2 ^ bit) % 2 == 1
    end
  end
  return set
end

local function count_units(index)
  local count = 0
  for unit = 0, UNITS - 1 do
    if holder[unit] == index then count = count + 1 end
  end
  return count
end

local function free_units(index)
  for unit = 0, UNITS - 1 do
    if holder[unit] == index then holder[unit] = 0 end
  end
end

local function units_of(index)
  local digits = {}
  for digit = UNITS / 4 - 1, 0, -1 do
    local nibble = 0
    for bit = 0, 3 do
      if holder[4 * digit + bit] == index then nibble = nibble + 2 ^ bit end
    end
    digits[#digits + 1] = string.format('%x', nibble)
  end
  return table.concat(digits)
end

local function remove(name)
  if named then free_units(records[name].index) end
  gone[#gone + 1] = '=' .. name
  records[name] = nil
  for at, other in ipairs(names) do
    if other == name then
      table.remove(names, at)
      break
    end
  end
end

-- A loss: another life of the server, an empty or an older ledger

local mine = records[said.node]
local current = head ~= nil and said.generation == head.generation and said.life == head.life
local lost = head == nil
  or head.life ~= life
  or (said.generation > 0 and not current and said.generation >= head.generation)
  or (current and said.loss == 1)
  or (current and said.acknowledged > 0 and (mine == nil or mine.version < said.acknowledged))
if lost then
  head = head or {
    generation = 0, joined = 0, turn = 0, limit = said.limit, limit_generation = said.limit_generation,
    day = 0,
  }
  head.generation = max(head.generation, said.generation) + 1
  head.life = life
  head.learning, head.learned = 1, 0
  for _, name in ipairs(names) do
    local record = records[name]
    record.changed = true
    record.stated, record.knows, record.wants, record.quiet, record.told = 0, 0, 0, 0, 0
    if not live(record) then -- it holds no more than then, or another remembers its return
      record.stated, record.remaining = head.generation, record.tail
    end
  end
  current = false
end

-- What the node holds now; a version is heeded once

local heeded = mine == nil or said.version > mine.version
if mine == nil and #names >= 255 then
  return redis.error_reply('ERR trunkline: more than 255 nodes share ' .. KEYS[1])
end
if heeded then
  if said.limit_generation > head.limit_generation then
    head.limit, head.limit_generation = said.limit, said.limit_generation
  end
  local back = mine ~= nil and not live(mine)
  local known = mine ~= nil
  if not known then mine = add(said.node, { got = head.turn }) end
  mine.changed = true
  mine.version, mine.quiet, mine.remaining = said.version, 0, -1
  mine.lease, mine.tail, mine.lag = said.lease, said.tail, said.lag
  mine.breaker, mine.told = said.breaker, said.told
  if not current and said.generation > 0 then mine.told = 0 end -- what is in force was told by a ledger that is gone
  mine.epoch = max(mine.epoch, said.epoch)
  if mine.epoch == 0 then mine.epoch = 1 end
  if back then join(mine) end
  mine.knows = 0 -- a new life remembers nobody
  if current then
    mine.knows, mine.stated = said.joined, head.generation
  end

  local in_lease = said.acknowledged > 0
  local holds, uses, carried = said.holds, said.uses, said.carried
  if said.own_day > 0 then
    if head.day == 0 then head.day = said.day end
    if said.day == 0 then -- it knows no day but its own
      holds = uses
      carried = head.day > 0 and said.own_day > head.day and uses or 0
      if said.own_day < head.day then
        holds, uses = 0, 0
      elseif said.own_day > head.day and head.day > 0 then -- of the ledger's day it may have spent all
        holds = max(uses, head.learning == 0 and mine.held or 0)
        uses = holds
      end
    elseif said.day < head.day then -- what it spent since is of this day
      holds, uses, carried = carried + holds - uses, carried, 0
    end
    mine.own_day, mine.carried = said.own_day, carried
  end

  if named then
    local stated = stated_units()
    for unit = 0, UNITS - 1 do
      if holder[unit] == mine.index and not stated[unit] then
        holder[unit] = 0
      elseif head.learning == 1 and not in_lease then
        if holder[unit] == mine.index then holder[unit] = 0 end
      elseif head.learning == 1 and stated[unit] and holder[unit] == 0 then
        holder[unit] = mine.index
      end
    end
    mine.held = count_units(mine.index)
    mine.uses = min(uses, mine.held)
  else
    if head.learning == 1 then
      mine.held = in_lease and holds or uses -- never what an older copy says
    else
      mine.held = max(known and min(holds, mine.held) or 0, uses)
    end
    mine.uses = uses
  end
  mine.wants = said.wants
end

-- What others have measured, and remember

local function recall(seen, remaining)
  local record = records[seen.node]
  if record == nil then
    record = add(seen.node, { got = head.turn, lease = said.lease, tail = said.tail, lag = said.lag })
    record.epoch = 1
  elseif record.version >= seen.version or (live(record) and record.stated == head.generation) then
    return
  end
  record.changed = true
  record.version, record.remaining = seen.version, remaining
  record.stated = remaining < 0 and 0 or head.generation
  if not named then record.held = max(record.held, seen.value) end
  record.uses = max(record.uses, record.held)
end

if heeded and current then
  for _, seen in ipairs(said.quiet) do
    local record = records[seen.node]
    if record and record ~= mine and record.version == seen.version and live(record) then
      record.changed = true
      record.quiet = max(record.quiet, seen.value)
      if record.quiet >= record.lease * SLACK then
        record.remaining, record.wants = record.tail, 0
        if head.learning == 1 then -- an old master may have renewed its lease
          record.remaining = record.remaining + record.lag
        end
        record.epoch = record.epoch + 1
      end
    end
  end
  for _, seen in ipairs(said.countdowns) do
    local record = records[seen.node]
    if record and record ~= mine and record.version == seen.version and not live(record) then
      record.changed = true
      record.remaining = min(record.remaining, seen.value)
      if record.remaining == 0 then remove(seen.node) end
    end
  end
  if head.learning == 1 then
    head.learned = max(head.learned, said.learned)
    for _, seen in ipairs(said.live) do recall(seen, -1) end
    for _, seen in ipairs(said.lapsed) do recall(seen, said.tail) end
  end
end

local least, learning_full = 0, 0
if head.learning == 1 then
  local lease, tail, lag, all = 0, 0, 0, true
  for _, name in ipairs(names) do
    local record = records[name]
    lease, tail, lag = max(lease, record.lease), max(tail, record.tail), max(lag, record.lag)
    all = all and record.stated == head.generation
  end
  least = lease * SLACK + lag
  learning_full = least + tail
  if head.learned >= learning_full or (all and head.learned >= least) then
    head.learning, head.learned, learning_full = 0, 0, 0
  end
end

-- A day turns when no live node is left in it; one node may know that it has

local function earliest_day()
  local day = FOREVER
  for _, name in ipairs(names) do
    if live(records[name]) then day = min(day, records[name].own_day) end
  end
  return day
end

if said.own_day > 0 and heeded then
  local turns = head.learning == 0 or head.learned >= least
  local day = said.day
  if head.day == 0 and turns then
    head.day = earliest_day()
    for _, name in ipairs(names) do
      local record = records[name]
      record.changed = true
      record.carried = record.own_day > head.day and record.uses or 0
    end
  elseif head.day > 0 and turns then
    day = max(day, earliest_day())
  end
  if head.day > 0 and day > head.day then
    for _, name in ipairs(names) do
      local record = records[name]
      if not (record == mine and said.day == day) then
        record.held, record.uses = record.carried + record.held - record.uses, record.carried
      end
      record.carried, record.changed = 0, true
      if not live(record) then record.uses = record.held end -- no call of its own can follow
    end
    head.day = day
    if turns then head.learning, head.learned, learning_full = 0, 0, 0 end
  end
end

for at = #names, 1, -1 do
  local record = records[names[at]]
  if not live(record) and record.held == 0 and (head.learning == 0 or record.stated == head.generation) then
    remove(names[at])
  end
end

-- Fair shares

local left, held_in_all = head.limit, 0
local claims = {}
for _, name in ipairs(names) do
  local record = records[name]
  held_in_all = held_in_all + record.held
  if live(record) then
    local half, wants = record.lease / 2, record.wants
    if record.quiet >= record.lease then
      wants = 0
    elseif record.quiet > half then
      wants = floor(wants * (record.lease - record.quiet) / half)
    end
    record.demand, record.share = record.uses + wants, 0
    claims[#claims + 1] = record
  else
    left = left - record.held
  end
end
left = max(left, 0)
table.sort(claims, function(one, other)
  if one.demand ~= other.demand then return one.demand < other.demand end
  return one.name < other.name
end)
local at = 1
while at <= #claims and claims[at].demand <= floor(left / (#claims - at + 1)) do
  claims[at].share = claims[at].demand
  left = left - claims[at].demand
  at = at + 1
end
if at <= #claims then -- these get the same each, and by turns one more
  local level, waiting = floor(left / (#claims - at + 1)), {}
  for position = at, #claims do
    claims[position].share = level
    waiting[#waiting + 1] = claims[position]
  end
  local over = left - level * #waiting
  if heeded and mine.share == level and mine.held <= level and mine.demand > level then
    head.turn = head.turn + 1
  end
  local patience = named and FOREVER or PATIENCE * max(#waiting - over, 1)
  for _, record in ipairs(waiting) do
    if record.held <= level then
      record.place = 2
    else -- it had its turn, or has it still
      record.place = head.turn - record.got < patience and 1 or 3
    end
  end
  table.sort(waiting, function(one, other)
    if one.place ~= other.place then return one.place < other.place end
    if one.got ~= other.got then return one.got < other.got end
    return one.name < other.name
  end)
  for position = 1, over do
    waiting[position].share = level + 1
  end
end

if held_in_all > head.limit then -- a lowered limit drains: nobody counts on what others may give back
  mine.share = min(mine.share or 0, max(0, head.limit - held_in_all + mine.held))
end

-- The grant

local met = true
for _, name in ipairs(names) do
  local record = records[name]
  if record ~= mine and live(record) and record.knows < mine.join then met = false end
end
if heeded and live(mine) and head.learning == 0 and met then
  local more = min(mine.share - mine.held, head.limit - held_in_all)
  if more > 0 then
    if named then
      for unit = 0, UNITS - 1 do
        if more > 0 and holder[unit] == 0 then
          holder[unit] = mine.index
          mine.held, more = mine.held + 1, more - 1
        end
      end
    else
      mine.held = mine.held + more
    end
    mine.got = head.turn
  end
end

-- The answer, then the writes

local answer = {
  table.concat({
    text(mine.version), text(head.generation), text(head.learning), text(head.learned),
    text(learning_full), text(mine.epoch), text(mine.held), text(mine.share or 0), text(head.limit),
    text(head.limit_generation), text(head.joined), text(head.day), text(told), head.life,
    named and units_of(mine.index) or '',
  }, ' '),
}
local told_all = head.learning == 0 or mine.stated == head.generation
if heeded and said.leaving == 1 and mine.uses == 0 and told_all then remove(said.node) end
local writes = { '#', packed(HEAD, head) .. ' ' .. head.life }
if named then
  local digits = {}
  for unit = 0, UNITS - 1 do digits[unit + 1] = string.format('%02x', holder[unit]) end
  writes[3], writes[4] = '@', table.concat(digits)
end
for _, name in ipairs(names) do
  local record = records[name]
  answer[#answer + 1] = string.format(
    '%s %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f', name, record.version, record.held, record.uses,
    record.wants, record.lease, record.remaining, record.breaker, record.told
  )
  if record.changed then
    writes[#writes + 1], writes[#writes + 2] = '=' .. name, packed(RECORD, record)
  end
end
if heeded or lost then
  redis.call('HSET', KEYS[1], unpack(writes))
  if #gone > 0 then redis.call('HDEL', KEYS[1], unpack(gone)) end
end
return answer
