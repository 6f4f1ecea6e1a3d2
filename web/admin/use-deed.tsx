import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { queries } from '../queries.ts'
import { Callout } from '../studio/callout.tsx'
import { Confirmation } from '../studio/confirmation.tsx'
import { texts } from './tab-texts.ts'

/** Something that is done to a row, perhaps asked about before. */
export type Deed = {
  readonly run: () => Promise<unknown>
  /** Asked first, where it can not be taken back. */
  readonly ask?: { readonly title: string; readonly hint: string; readonly action: string }
}

/** Does what buttons of a table do, and reads the table again. `shown` is what has to be said about it. */
export function useDeed(queryKey: readonly unknown[]): { act: (deed: Deed) => void; shown: ReactNode } {
  const [asked, setAsked] = useState<Deed>()
  const doing = useMutation({
    mutationFn: (deed: Deed) => deed.run(),
    onSettled: () => queries.invalidateQueries({ queryKey }),
  })
  return {
    act: (deed) => (deed.ask ? setAsked(deed) : doing.mutate(deed)),
    shown: (
      <>
        {doing.error && (
          <div className="admin-callout">
            <Callout kind="bad" title={texts.failed} hint={doing.error.message} />
          </div>
        )}
        <Confirmation
          opened={asked !== undefined}
          title={asked?.ask?.title ?? ''}
          hint={asked?.ask?.hint ?? ''}
          action={asked?.ask?.action ?? ''}
          cancel={texts.cancel}
          onClose={() => setAsked(undefined)}
          onConfirm={() => {
            if (asked) doing.mutate(asked)
            setAsked(undefined)
          }}
        />
      </>
    ),
  }
}
