import { type SyntheticEvent, useState } from 'react'
import { texts } from './texts.ts'

const MAX_NAME = 40

/** Asks a guest what to be called. */
export function NameForm({
  name: before,
  onName,
  onCancel,
}: {
  name: string
  /** Rejects when the name can not be had. */
  onName: (name: string) => Promise<void>
  onCancel: (() => void) | undefined
}) {
  const [name, setName] = useState(before)
  const [problem, setProblem] = useState<string>()
  const [asking, setAsking] = useState(false)

  async function submit(event: SyntheticEvent) {
    event.preventDefault()
    if (name.trim() === '' || asking) return
    setAsking(true)
    setProblem(undefined)
    try {
      await onName(name)
    } catch (error) {
      setProblem(error instanceof Error ? error.message : texts.failed)
      setAsking(false)
    }
  }

  return (
    <form className="chat-composer" onSubmit={(event) => void submit(event)}>
      <label className="chat-label">
        {texts.nameHint}
        <span className="chat-form">
          <input
            className="chat-input"
            aria-label={texts.nameLabel}
            value={name}
            maxLength={MAX_NAME}
            autoComplete="nickname"
            autoFocus={onCancel !== undefined}
            onChange={({ target }) => setName(target.value)}
          />
          <button type="submit" className="chat-join" disabled={name.trim() === '' || asking}>
            {onCancel ? texts.keep : texts.join}
          </button>
        </span>
      </label>
      <div className="chat-below">
        {problem !== undefined && (
          <span className="chat-problem" role="alert">
            {problem}
          </span>
        )}
        {onCancel && (
          <button type="button" className="chat-link" onClick={onCancel}>
            {texts.cancel}
          </button>
        )}
      </div>
    </form>
  )
}
