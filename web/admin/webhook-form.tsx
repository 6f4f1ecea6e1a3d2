import { Button, Checkbox, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import { makeWebhook } from '../../client/index.ts'
import { queries } from '../queries.ts'
import { SERVER } from '../server-address.ts'
import { Callout } from '../studio/callout.tsx'
import { texts } from './tab-texts.ts'

const t = texts.webhooks

/** A new webhook. */
export function WebhookForm({
  events,
  onMade,
}: {
  events: readonly string[]
  onMade: (secret: string) => void
}) {
  const [url, setUrl] = useState('')
  const [description, setDescription] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>(events)
  const making = useMutation({
    mutationFn: () => makeWebhook({ url: url.trim(), description, events: [...chosen] }, { server: SERVER }),
    onSuccess: ({ secret }) => onMade(secret),
    onSettled: () => queries.invalidateQueries({ queryKey: ['admin', 'webhooks'] }),
  })
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    making.mutate()
  }
  return (
    <form className="admin-form" onSubmit={submit} aria-label={t.add}>
      <TextInput
        label={t.url}
        placeholder={t.urlHint}
        type="url"
        required
        maxLength={2000}
        value={url}
        onChange={({ currentTarget }) => setUrl(currentTarget.value)}
      />
      <TextInput
        label={t.description}
        maxLength={200}
        value={description}
        onChange={({ currentTarget }) => setDescription(currentTarget.value)}
      />
      <fieldset className="admin-choices">
        <legend>{t.events}</legend>
        {events.map((event) => (
          <Checkbox
            key={event}
            label={event}
            checked={chosen.includes(event)}
            onChange={({ currentTarget: { checked } }) =>
              setChosen(checked ? [...chosen, event] : chosen.filter((other) => other !== event))
            }
          />
        ))}
      </fieldset>
      {making.error && <Callout kind="bad" title={texts.failed} hint={making.error.message} />}
      <Button type="submit" loading={making.isPending} disabled={chosen.length === 0}>
        {t.save}
      </Button>
    </form>
  )
}
