import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QueryObserver } from '@tanstack/react-query'

const globals = globalThis as { document?: { baseURI: string } }
globals.document = { baseURI: 'http://127.0.0.1/' }
const { accountQuery, becomes } = await import('./account-query.ts')
const { queries } = await import('../queries.ts')

const ANNA = { user: { name: 'Anna' } } as unknown as NonNullable<Parameters<typeof becomes>[0]>
const forgetAll = () => queries.clear()
const asked = () => new Promise((resolve) => setImmediate(resolve))

test('[AC123] an answer from before the sign-in changes nothing', async (t) => {
  t.after(forgetAll)
  let told: (account: null) => void = () => undefined
  const asking = (signal: AbortSignal) =>
    new Promise<null>((resolve, reject) => {
      told = resolve
      signal.addEventListener('abort', () => reject(new Error('aborted')))
    })
  const queryFn = ({ signal }: { signal: AbortSignal }) => asking(signal)
  t.after(new QueryObserver(queries, { ...accountQuery, queryFn }).subscribe(() => undefined))
  await asked()

  becomes(ANNA)
  told(null)
  await asked()
  assert.equal(queries.getQueryData(accountQuery.queryKey), ANNA)
})

test('[AC123] a page that is about to show the account hears of the next one too', (t) => {
  t.after(forgetAll)
  const observer = new QueryObserver(queries, { ...accountQuery, enabled: false })

  becomes(ANNA)
  t.after(observer.subscribe(() => undefined))
  becomes(null)
  assert.equal(observer.getCurrentResult().data, null)
})

test('[AC123] what another one saw is forgotten, what is the same for all is not', (t) => {
  t.after(forgetAll)
  queries.setQueryData(['keys'], ['of Anna'])
  queries.setQueryData(['server'], 'the same')

  becomes(null)
  assert.deepEqual(
    [queries.getQueryData(['keys']), queries.getQueryData(['server'])],
    [undefined, 'the same'],
  )
})
