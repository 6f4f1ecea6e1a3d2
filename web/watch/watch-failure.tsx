import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { ProblemError } from '../../client/index.ts'
import { Logo } from '../shell/logo.tsx'
import { Notice } from '../shell/notice.tsx'
import { texts } from './texts.ts'

/** Why there is nothing to watch here, and what to do. */
export function WatchFailure({ error, onAgain }: { error: Error; onAgain: () => void }) {
  const [title, hint] = wordsFor(error)
  return (
    <Notice title={title} hint={hint} picture={<Logo size={64} />}>
      <Button onClick={onAgain}>{texts.again}</Button>
      <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
        {texts.home}
      </Button>
    </Notice>
  )
}

function wordsFor(error: Error): [title: string, hint: string] {
  const { status, code } = error instanceof ProblemError ? error : { status: 0, code: '' }
  if (code === 'token-expired') return [texts.expired, texts.expiredHint]
  switch (status) {
    case 401:
    case 403:
      return [texts.forbidden, texts.forbiddenHint]
    case 400:
    case 404:
    case 410:
      return [texts.unknown, texts.unknownHint]
    default:
      return [texts.unreachable, texts.unreachableHint]
  }
}
