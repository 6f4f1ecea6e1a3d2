import './streams-page.css'
import { NobodyLive } from '../live/live-grid.tsx'
import { useNow } from '../use-now.ts'
import { useTitle } from '../use-title.ts'
import { StreamTable } from './stream-table.tsx'
import { texts } from './texts.ts'
import { useListSocket } from './use-list-socket.ts'

/** Who is on air, in figures. */
export default function StreamsPage() {
  useTitle(texts.title)
  const { broadcasts, connected } = useListSocket()
  const now = useNow(1000)
  const viewers = broadcasts?.reduce((sum, broadcast) => sum + broadcast.viewers, 0) ?? 0
  return (
    <>
      <div className="streams-head">
        <h1 className="streams-title">{texts.title}</h1>
        <p className="k-dim streams-summary" role="status">
          {summary()}
        </p>
      </div>
      {broadcasts?.length === 0 ? <NobodyLive /> : <StreamTable broadcasts={broadcasts} now={now} />}
    </>
  )

  function summary() {
    if (!connected) return texts.offline
    return broadcasts ? texts.summary(broadcasts.length, viewers) : texts.loading
  }
}
