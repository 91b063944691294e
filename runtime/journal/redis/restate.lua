-- Write a partition's contacts anew, from the memory of who has held it last.
-- KEYS: epochs, positions, the partition's hash. ARGV: writer, position, partition, epoch, then fields and values.
-- Returns 1, or 0 where somebody has taken the partition over since.
if tonumber(redis.call('HGET', KEYS[1], ARGV[3]) or '0') > tonumber(ARGV[4]) then
  return 0
end
for first = 5, #ARGV, 2 do
  redis.call('HSET', KEYS[3], ARGV[first], ARGV[first + 1])
end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1
