import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import type { SettingView } from '../../client/index.ts'
import { texts } from './tab-texts.ts'

const t = texts.settings

/** Changes one setting: a choice at once, a number when it is saved. */
export function SettingEditor({
  setting,
  onWish,
}: {
  setting: SettingView
  onWish: (value: unknown) => void
}) {
  const { key, type, choices } = setting
  const value: unknown = JSON.parse(setting.value)
  if (type === 'integer') return <NumberEditor key={setting.value} {...{ setting, onWish }} />
  const words = type === 'boolean' ? ['true', 'false'] : choices
  const now = Array.isArray(value) ? strictest(choices, value) : String(value)
  return (
    <NativeSelect
      size="sm"
      className="setting-input"
      aria-label={t.names[key] ?? setting.variable}
      value={now}
      data={words.map((word) => ({ value: word, label: t.words[word] ?? word }))}
      onChange={({ currentTarget: { value: word } }) =>
        onWish(type === 'boolean' ? word === 'true' : type === 'list' ? [word] : word)
      }
    />
  )
}

function NumberEditor({ setting, onWish }: { setting: SettingView; onWish: (value: unknown) => void }) {
  const { key, variable, minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = setting
  const [text, setText] = useState(setting.value)
  const name = t.names[key] ?? variable
  const wished = Number(text)
  const isAllowed = /^\d+$/.test(text.trim()) && wished >= minimum && wished <= maximum
  const isChanged = text.trim() !== setting.value
  const save = (event: SyntheticEvent) => {
    event.preventDefault()
    if (isAllowed && isChanged) onWish(wished)
  }
  return (
    <form className="setting-form" onSubmit={save}>
      <TextInput
        size="sm"
        className="setting-number"
        inputMode="numeric"
        aria-label={name}
        value={text}
        error={isAllowed ? undefined : t.between(minimum, maximum)}
        rightSection={<span className="k-dim setting-unit">{t.units[key]}</span>}
        rightSectionWidth="4.25rem"
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={({ key: pressed }) => {
          if (pressed === 'Escape') setText(setting.value)
        }}
      />
      {isChanged && (
        <Button type="submit" size="sm" aria-label={t.saveOf(name)} disabled={!isAllowed}>
          {t.save}
        </Button>
      )}
    </form>
  )
}

/** Of several that must all be fulfilled, the one that the others come with. */
function strictest(choices: readonly string[], all: readonly unknown[]): string {
  return choices.findLast((choice) => all.includes(choice)) ?? ''
}
