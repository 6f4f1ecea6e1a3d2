import { Button } from '@mantine/core'
import { Callout } from '../studio/callout.tsx'
import { CopyField } from '../studio/copy-field.tsx'
import { texts } from './tab-texts.ts'

/** A secret or link that the server tells this once. */
export type Told = {
  title: string
  label: string
  value: string
  hint?: string | undefined
  secret?: boolean
}

/** Stays until it is put away. */
export function ToldOnce({ told, onDone }: { told: Told | undefined; onDone: () => void }) {
  if (!told) return null
  return (
    <div className="admin-callout">
      <Callout kind="info" title={told.title} hint={told.hint}>
        <div className="told-once">
          <CopyField label={told.label} value={told.value} secret={told.secret ?? false} />
        </div>
        <Button onClick={onDone}>{texts.done}</Button>
      </Callout>
    </div>
  )
}
