import { Button } from '@mantine/core'
import { Notice } from './notice.tsx'
import { texts } from './texts.ts'

/** Shown in place of a page that could not be loaded or drawn. */
export function PageFailure() {
  return (
    <Notice title={texts.failure} hint={texts.failureHint}>
      <Button onClick={() => location.reload()}>{texts.reload}</Button>
    </Notice>
  )
}
