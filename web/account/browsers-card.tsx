import { Button } from '@mantine/core'
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react'
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { endSignIn, listSignIns, type SignedInBrowser, signOutEverywhere } from '../../client/index.ts'
import { queries } from '../queries.ts'
import { SERVER } from '../server-address.ts'
import { Callout } from '../studio/callout.tsx'
import { AccountCard } from './account-card.tsx'
import { becomes } from './account-query.ts'
import { agentName } from './agent-name.ts'
import { agoOf } from './moment-text.ts'
import { texts } from './texts.ts'

const t = texts.browsers
const signInsQuery = queryOptions({
  queryKey: ['sign-ins'],
  queryFn: ({ signal }) => listSignIns({ server: SERVER, signal }),
})

/** Every browser that is signed in, and out with it. */
export function BrowsersCard() {
  const navigate = useNavigate()
  const { data: browsers, error } = useQuery(signInsQuery)
  const ending = useMutation({
    mutationFn: (id: string) => endSignIn(id, { server: SERVER }),
    onSettled: () => queries.invalidateQueries(signInsQuery),
  })
  const leaving = useMutation({
    mutationFn: () => signOutEverywhere({ server: SERVER }),
    onSuccess: () => {
      void navigate({ to: '/' }).then(() => becomes(null))
    },
  })
  const failure = ending.error ?? leaving.error
  return (
    <AccountCard title={t.title}>
      {error && <Callout kind="bad" title={t.failed} hint={error.message} />}
      <ul className="account-list">
        {browsers?.map((browser) => (
          <BrowserItem
            key={browser.id}
            browser={browser}
            isEnding={ending.isPending && ending.variables === browser.id}
            onEnd={() => ending.mutate(browser.id)}
          />
        ))}
      </ul>
      {failure && <Callout kind="bad" title={texts.signIn.failed} hint={failure.message} />}
      <div className="account-actions">
        <Button variant="default" loading={leaving.isPending} onClick={() => leaving.mutate()}>
          {t.everywhere}
        </Button>
      </div>
    </AccountCard>
  )
}

function BrowserItem({
  browser: { agent, address, current, seenAt },
  isEnding,
  onEnd,
}: {
  browser: SignedInBrowser
  isEnding: boolean
  onEnd: () => void
}) {
  const known = agentName(agent)
  const name = known ? (known.system ? t.on(known.browser, known.system) : known.browser) : t.unknown
  const Icon = known && /iPhone|iPad|Android/.test(known.system ?? '') ? IconDeviceMobile : IconDeviceDesktop
  return (
    <li className="account-item">
      <Icon className="account-item-icon" size={24} aria-hidden="true" />
      <div className="account-item-words">
        <p className="account-item-name">
          {name}
          {current && (
            <span className="account-mark" data-on="true">
              {t.current}
            </span>
          )}
        </p>
        <p className="account-item-facts">
          {address} · {t.seen(agoOf(seenAt))}
        </p>
      </div>
      {!current && (
        <Button
          variant="default"
          size="sm"
          aria-label={t.signOutOf(`${name}, ${address}`)}
          loading={isEnding}
          onClick={onEnd}
        >
          {t.signOut}
        </Button>
      )}
    </li>
  )
}
