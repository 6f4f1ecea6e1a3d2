import { Button } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { latestRecordingOf } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { serverQuery } from '../server-query.ts'
import { texts } from './texts.ts'

/** Asked so often, as a recording is ready moments after its broadcast has ended; then there is none. */
const [ASKED_AGAIN, TIMES] = [1500, 6]

/** To the recording of a broadcast that has ended, in the library; nothing for those who may not see either. */
export default function ReplayButton({ broadcast }: { broadcast: string }) {
  const { data: server } = useQuery(serverQuery)
  const mayOpenLibrary = server?.open === true || Boolean(server?.user)
  const { data: recording } = useQuery({
    enabled: mayOpenLibrary,
    queryKey: ['latest-recording', broadcast],
    queryFn: async ({ signal }) => (await latestRecordingOf(broadcast, { server: SERVER, signal })) ?? null,
    retry: false,
    refetchInterval: ({ state }) =>
      state.data || state.error || state.dataUpdateCount >= TIMES ? false : ASKED_AGAIN,
  })
  if (!recording) return null
  return (
    <Button
      variant="default"
      leftSection={<IconPlayerPlay size={18} />}
      renderRoot={(props) => (
        <Link to="/library/$kind/$id" params={{ kind: 'recording', id: recording.id }} {...props} />
      )}
    >
      {texts.replay}
    </Button>
  )
}
