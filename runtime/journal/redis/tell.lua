-- Tell all daemons of a change: those that hold the tenant's partitions hear of it with their next statement.
-- KEYS: the ledger's record of the partitions, the changes. ARGV: change.
-- Returns the change's version.
local version = redis.call('RPUSH', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[1], 'told', version)
return version
