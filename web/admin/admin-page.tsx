import './mantine-styles.ts'
import './admin-page.css'
import { useQuery } from '@tanstack/react-query'
import { serverQuery } from '../server-query.ts'
import { Notice } from '../shell/notice.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { useTitle } from '../use-title.ts'
import { texts } from './texts.ts'
import { WatchLog } from './watch-log.tsx'

/** Who watched what. Without accounts it opens only where everybody may do everything. */
export default function AdminPage() {
  useTitle(texts.title)
  const { data: server, isError } = useQuery(serverQuery)
  if (isError) return <PageFailure />
  if (!server) return null
  return server.open ? <WatchLog /> : <Notice title={texts.closed} hint={texts.closedHint} />
}
