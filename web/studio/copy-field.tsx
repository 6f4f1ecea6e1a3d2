import './copy-field.css'
import { ActionIcon, Button } from '@mantine/core'
import { IconCheck, IconCopy, IconEye, IconEyeOff } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { useCopied } from '../share/use-copied.ts'
import { texts } from './texts.ts'

/** Text to take away. A secret is masked until asked for, and can be copied unseen. */
export function CopyField({
  label,
  value,
  secret = false,
}: {
  label: string
  value: string
  secret?: boolean
}) {
  const id = useId()
  const [shown, setShown] = useState(!secret)
  const { copied, copy } = useCopied()
  return (
    <div className="copy-field" data-secret={secret}>
      <label className="copy-field-label" htmlFor={id}>
        {label}
      </label>
      <div className="copy-field-row">
        <input
          id={id}
          className="copy-field-value"
          type={shown ? 'text' : 'password'}
          value={value}
          autoComplete="off"
          spellCheck={false}
          readOnly
          onFocus={(event) => event.currentTarget.select()}
        />
        {secret && (
          <ActionIcon
            variant="default"
            size={42}
            aria-label={shown ? texts.hide : texts.reveal}
            onClick={() => setShown(!shown)}
          >
            {shown ? <IconEyeOff size={18} /> : <IconEye size={18} />}
          </ActionIcon>
        )}
        <Button
          variant="default"
          className="copy-field-button"
          leftSection={copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
          aria-label={`${texts.copy}: ${label}`}
          onClick={() => void copy(value)}
        >
          <span aria-live="polite">{copied ? texts.copied : texts.copy}</span>
        </Button>
      </div>
    </div>
  )
}

/** Several lines to take away. */
export function CopyBlock({ label, shown, value }: { label: string; shown: string; value: string }) {
  const { copied, copy } = useCopied()
  return (
    <div className="copy-block">
      <pre className="copy-block-text" role="region" aria-label={label} tabIndex={0}>
        {shown}
      </pre>
      <Button
        variant="default"
        size="sm"
        leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
        aria-label={`${texts.copy}: ${label}`}
        onClick={() => void copy(value)}
      >
        <span aria-live="polite">{copied ? texts.copied : texts.copy}</span>
      </Button>
    </div>
  )
}
