/** What the scripts of the fair lock share: the time, the first waiter's drop, the chain of timeouts. Before each, `wait` and `given` are set. */
const QUEUE = `
local now = tonumber(given)
if not now then
  local time = redis.call('time')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local function place(waiter)
  for at, one in ipairs(redis.call('lrange', KEYS[2], 0, -1)) do
    if one == waiter then return at end
  end
  return 0
end
local function remove(waiter)
  redis.call('lrem', KEYS[2], 0, waiter)
  redis.call('zrem', KEYS[3], waiter)
end
local function chain(from)
  local all = redis.call('lrange', KEYS[2], 0, -1)
  local before = now + math.max(0, redis.call('pttl', KEYS[1]))
  if from > 1 then before = tonumber(redis.call('zscore', KEYS[3], all[from - 1])) end
  for at = from, #all do
    before = before + wait
    redis.call('zadd', KEYS[3], before, all[at])
  end
end
`;

const ACQUIRE = `
local wait, given = tonumber(ARGV[3]), ARGV[4]
${QUEUE}
local first = redis.call('lindex', KEYS[2], 0)
while first and tonumber(redis.call('zscore', KEYS[3], first)) <= now do
  remove(first)
  first = redis.call('lindex', KEYS[2], 0)
end
local holder = redis.call('get', KEYS[1])
if holder == ARGV[1] or (not holder and (not first or first == ARGV[1])) then
  redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
  remove(ARGV[1])
  chain(1)
  return 0
end
if place(ARGV[1]) == 0 then chain(redis.call('rpush', KEYS[2], ARGV[1])) end
return place(ARGV[1])`;

const RELEASE = `
local wait, given = tonumber(ARGV[2]), ARGV[3]
${QUEUE}
if redis.call('get', KEYS[1]) == ARGV[1] then
  redis.call('del', KEYS[1])
  chain(1)
  return 1
end
local at = place(ARGV[1])
if at == 0 then return 0 end
remove(ARGV[1])
chain(at)
return 1`;

/** The fair lock's scripts as a real server wants them, each on one line: an error tells the line. */
export const FAIR_LUA: Readonly<Record<string, string>> = {
  'fair-acquire': oneLine(ACQUIRE),
  'fair-try-acquire': oneLine(`
local function acquire()
${ACQUIRE}
end
return { acquire(), redis.call('pttl', KEYS[1]) }`),
  'fair-release': oneLine(RELEASE),
  'fair-release-and-tell': oneLine(`
local function release()
${RELEASE}
end
local released = release()
local first = redis.call('lindex', KEYS[2], 0)
if released == 1 and first and redis.call('exists', KEYS[1]) == 0 then
  redis.call('publish', 'turn:' .. first, 'free')
end
return released`),
  'fair-extend': oneLine(`
local wait, given = tonumber(ARGV[3]), ARGV[4]
${QUEUE}
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('pexpire', KEYS[1], ARGV[2])
chain(1)
return 1`),
};

function oneLine(lua: string): string {
  return lua.trim().replace(/\s*\n\s*/g, ' ');
}
