import { Button } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { LoggedViewingPage } from '../../client/index.ts'
import { texts } from './texts.ts'

const route = getRouteApi('/framed/admin/watch-log')

/** Where in the log one is, and the way to its neighbours. */
export function LogPages({ page, pageSize, total, items }: LoggedViewingPage) {
  const search = route.useSearch()
  const first = (page - 1) * pageSize + 1
  const last = first + items.length - 1
  return (
    <nav className="admin-pages" aria-label={texts.pages}>
      <Step to={page - 1} enabled={page > 1}>
        {texts.newer}
      </Step>
      <span className="k-dim admin-range">{texts.range(first, last, total)}</span>
      <Step to={page + 1} enabled={last < total}>
        {texts.older}
      </Step>
    </nav>
  )

  function Step({ to, enabled, children }: { to: number; enabled: boolean; children: string }) {
    if (!enabled)
      return (
        <Button variant="default" disabled>
          {children}
        </Button>
      )
    return (
      <Button
        variant="default"
        renderRoot={(props) => <Link to="/admin/watch-log/" search={{ ...search, page: to }} {...props} />}
      >
        {children}
      </Button>
    )
  }
}
