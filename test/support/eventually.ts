import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until `condition` holds; fails with what `describe` says when it does not in time. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  describe: () => string,
  seconds = 15,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(describe())
    await sleep(100)
  }
}
