import { Button } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { SERVER } from '../server-address.ts'
import { keepViewerToken } from '../viewer-token.ts'
import { texts } from './texts.ts'
import { watchTarget } from './watch-target.ts'

/** The second door: a link or an id leads to the player. */
export function WatchDoor() {
  const [text, setText] = useState('')
  const [unclear, setUnclear] = useState(false)
  const navigate = useNavigate()
  const input = useId()
  const problem = useId()

  function submit() {
    const target = watchTarget(text, SERVER)
    if (!target) setUnclear(true)
    else if ('id' in target) {
      if (target.token !== undefined) keepViewerToken(target.id, target.token)
      void navigate({ to: '/view/$id/', params: { id: target.id } })
    } else location.assign(target.elsewhere)
  }

  return (
    <section className="door door-watch" aria-labelledby={`${input}-title`}>
      <span className="door-icon" aria-hidden="true">
        <IconPlayerPlay size={28} />
      </span>
      <h2 id={`${input}-title`} className="door-title">
        {texts.watch}
      </h2>
      <p className="door-hint">{texts.watchHint}</p>
      <form
        className="door-form"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <label className="k-unseen" htmlFor={input}>
          {texts.watchLabel}
        </label>
        <input
          id={input}
          className="door-input"
          value={text}
          placeholder={texts.watchPlaceholder}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          aria-invalid={unclear}
          aria-describedby={problem}
          onChange={(event) => {
            setText(event.target.value)
            setUnclear(false)
          }}
        />
        <Button type="submit" size="md" variant="default">
          {texts.watchAction}
        </Button>
      </form>
      <p id={problem} className="door-problem" role="alert">
        {unclear ? texts.watchUnclear : ''}
      </p>
    </section>
  )
}
