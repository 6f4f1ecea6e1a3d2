import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { askDoctor } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { Mark } from './data-table.tsx'
import { TabFrame } from './tab-frame.tsx'
import { texts } from './tab-texts.ts'

const t = texts.doctor

/** What the server needs, looked at now, and what to do where something is missing. */
export default function DoctorTab() {
  const { data, isError, isFetching, refetch } = useQuery({
    queryKey: ['admin', 'doctor'],
    queryFn: ({ signal }) => askDoctor({ server: SERVER, signal }),
    staleTime: 0,
  })
  const bad = data?.filter(({ ok }) => !ok).length ?? 0
  const hints = data?.filter(({ ok, cure }) => ok && cure !== undefined).length ?? 0
  return (
    <TabFrame
      title={texts.tabs.doctor}
      summary={isError ? texts.unreadable : isFetching || !data ? t.looking : t.summary(bad, hints)}
    >
      <ul className="doctor-findings">
        {data?.map(({ ok, what, cure }) => (
          <li key={what}>
            <Mark tone={ok ? (cure === undefined ? 'good' : 'warn') : 'bad'}>
              {ok ? (cure === undefined ? t.well : t.hint) : t.problem}
            </Mark>
            <div>
              <p>{what}</p>
              {cure !== undefined && <p className="k-dim">{cure}</p>}
            </div>
          </li>
        ))}
      </ul>
      <Button
        variant="default"
        leftSection={<IconRefresh size={16} />}
        loading={isFetching}
        onClick={() => void refetch()}
      >
        {t.again}
      </Button>
    </TabFrame>
  )
}
