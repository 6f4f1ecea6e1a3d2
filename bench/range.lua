-- Asks for random aligned stretches: RANGE_BYTES long, of a file of FILE_BYTES, at RANGE_PATH.
local length = tonumber(os.getenv("RANGE_BYTES"))
local count = math.floor(tonumber(os.getenv("FILE_BYTES")) / length)
local path = os.getenv("RANGE_PATH")
math.randomseed(42)

request = function()
  local from = math.random(0, count - 1) * length
  return wrk.format("GET", path, { ["Range"] = "bytes=" .. from .. "-" .. (from + length - 1) })
end
