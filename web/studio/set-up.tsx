import { Button, PasswordInput, TextInput } from '@mantine/core'
import { IconBroadcast } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { createBroadcast, getBroadcast } from '../../client/index.ts'
import { useAccount } from '../account/account-query.ts'
import { SERVER } from '../server-address.ts'
import { serverQuery } from '../server-query.ts'
import { encodingOf, FIRST_PLAN, wishOf } from './broadcast-plan.ts'
import { Callout } from './callout.tsx'
import type { OpenBroadcast } from './open-broadcast.ts'
import { LevelBar } from './level-bar.tsx'
import { AdvancedFields, PlanFields } from './plan-fields.tsx'
import { Preview } from './preview.tsx'
import { PreviewCover } from './preview-cover.tsx'
import { SourcePicker } from './source-picker.tsx'
import { texts } from './texts.ts'
import type { Encoding } from './use-publication.ts'
import type { Source } from './use-source.ts'

/** Before going live: see and hear oneself, name the broadcast, go. */
export function SetUp({
  source,
  onOpen,
}: {
  source: Source
  onOpen: (broadcast: OpenBroadcast, encoding: Encoding) => void
}) {
  const video = useRef<HTMLVideoElement>(null)
  const [plan, setPlan] = useState(FIRST_PLAN)
  const [known, setKnown] = useState({ id: '', streamKey: '' })
  const { data: server } = useQuery(serverQuery)
  const account = useAccount()
  const role = account?.role ?? server?.user?.role
  const keyNeeded = server?.open === false && account !== undefined && (!role || role === 'viewer')

  const opening = useMutation({
    mutationFn: async (encoder: OpenBroadcast['encoder']): Promise<OpenBroadcast> => {
      const { id, title, delivery, streamKey } = keyNeeded ? await existing(known) : await created()
      return { id, title, delivery, streamKey, encoder }
    },
    onSuccess: (broadcast) => onOpen(broadcast, encodingOf(plan)),
  })
  const created = () => createBroadcast(wishOf(plan), { server: SERVER })

  return (
    <form
      className="studio"
      onSubmit={(event) => {
        event.preventDefault()
        opening.mutate('browser')
      }}
    >
      <div className="studio-stage">
        <Preview source={source} video={video}>
          <PreviewCover source={source} />
        </Preview>
        <LevelBar stream={source.stream} />
        <p className="studio-phone-hint">{texts.phoneHint}</p>
      </div>
      <div className="studio-panel">
        <div className="studio-card studio-fields">
          {keyNeeded ? (
            <KeyFields known={known} onChange={setKnown} signIn={server.accounts !== null && !account} />
          ) : (
            <PlanFields plan={plan} onChange={change} />
          )}
          <AdvancedFields plan={plan} onChange={change} />
        </div>
        {opening.error && <Callout kind="bad" title={texts.failed} hint={opening.error.message} />}
        <Button
          type="submit"
          size="lg"
          fullWidth
          leftSection={<IconBroadcast size={22} />}
          loading={opening.isPending}
          disabled={!source.stream}
        >
          {texts.goLive}
        </Button>
        {plan.delivery === 'sfu' && (
          <Button
            variant="subtle"
            color="gray"
            c="inherit"
            disabled={opening.isPending}
            onClick={() => opening.mutate('other')}
          >
            {texts.encoderInstead}
          </Button>
        )}
      </div>
      <div className="studio-below">
        <div className="studio-card studio-fields">
          <SourcePicker source={source} />
        </div>
      </div>
    </form>
  )

  function change(changes: Partial<typeof plan>) {
    setPlan((before) => ({ ...before, ...changes }))
  }
}

/** Whoever may make no broadcast may still have the key of one. */
function KeyFields({
  known,
  onChange,
  signIn,
}: {
  known: { id: string; streamKey: string }
  onChange: (known: { id: string; streamKey: string }) => void
  /** Whether an account would do instead. */
  signIn: boolean
}) {
  return (
    <>
      <Callout kind="info" title={texts.keyNeeded} hint={texts.keyNeededHint}>
        {signIn ? (
          <Link to="/sign-in/" search={{ to: '/broadcast/' }}>
            {texts.signInInstead}
          </Link>
        ) : undefined}
      </Callout>
      <TextInput
        label={texts.id}
        size="md"
        required
        autoComplete="off"
        value={known.id}
        onChange={(event) => onChange({ ...known, id: event.target.value.trim() })}
      />
      <PasswordInput
        label={texts.key}
        size="md"
        required
        autoComplete="off"
        value={known.streamKey}
        onChange={(event) => onChange({ ...known, streamKey: event.target.value.trim() })}
      />
    </>
  )
}

async function existing({ id, streamKey }: { id: string; streamKey: string }) {
  return { ...(await getBroadcast(id, { server: SERVER, key: streamKey })), streamKey }
}
