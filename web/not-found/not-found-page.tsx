import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Logo } from '../shell/logo.tsx'
import { Notice } from '../shell/notice.tsx'
import { useTitle } from '../use-title.ts'
import { texts } from './texts.ts'

/** For addresses that lead nowhere. */
export function NotFoundPage() {
  useTitle(texts.tab)
  return (
    <Notice title={texts.title} hint={texts.hint} picture={<Logo size={72} />}>
      <Button renderRoot={(props) => <Link to="/" {...props} />}>{texts.home}</Button>
      <Button variant="default" renderRoot={(props) => <Link to="/streams/" {...props} />}>
        {texts.live}
      </Button>
    </Notice>
  )
}
