import { readFileSync, readdirSync } from 'node:fs'

const TICKS_PER_SECOND = 100

/** User and system time that a process has used, in seconds (proc(5), fields 14 and 15 of stat). */
export function processorSeconds(pid: number): { user: number; system: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return { user: Number(fields[11]) / TICKS_PER_SECOND, system: Number(fields[12]) / TICKS_PER_SECOND }
}

/** Both together. */
export function usedSeconds(pid: number): number {
  const { user, system } = processorSeconds(pid)
  return user + system
}

/** The same to the nanosecond, of the threads that there are, for short runs. */
export function usedSecondsExactly(pid: number): number {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`))
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
  return nanoseconds / 1e9
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
  return pages * 4096
}

/** The process and all that it started, parents first. */
export function processTree(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(processTree)]
}

/** Sum over a process and its children of user + system seconds. */
export function treeSeconds(pid: number): number {
  let total = 0
  for (const member of processTree(pid)) {
    const { user, system } = processorSeconds(member)
    total += user + system
  }
  return total
}
