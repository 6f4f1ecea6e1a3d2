import { Button } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { agoOf, dayOf } from '../account/moment-text.ts'
import { texts as accountTexts } from '../account/texts.ts'
import { listApiKeys, revokeApiKey } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { DataTable, TwoLines } from './data-table.tsx'
import { ExportButton } from './export-button.tsx'
import { TabFrame, TablePages, TableTools, useTableSearch } from './tab-frame.tsx'
import { texts } from './tab-texts.ts'
import { useDeed } from './use-deed.tsx'
import { useNames } from './use-names.ts'

const t = texts.keys
const PAGE_SIZE = 50

/** API keys of everybody. */
export default function ApiKeysTab() {
  const [{ page = 1 }] = useTableSearch()
  const nameOf = useNames()
  const { data, isError } = useQuery({
    queryKey: ['admin', 'api-keys', page],
    queryFn: ({ signal }) =>
      listApiKeys({ of: 'all', page, pageSize: PAGE_SIZE }, { server: SERVER, signal }),
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
  })
  const { act, shown } = useDeed(['admin', 'api-keys'])
  return (
    <TabFrame
      title={texts.tabs['api-keys']}
      summary={isError ? texts.unreadable : data && t.summary(data.total)}
    >
      <TableTools>
        <ExportButton
          name="api-keys"
          read={(part) => listApiKeys({ of: 'all', page: part, pageSize: 200 }, { server: SERVER })}
          columns={{
            id: ({ id }) => id,
            userId: ({ userId }) => userId,
            name: ({ name }) => name,
            prefix: ({ prefix }) => prefix,
            scopes: ({ scopes }) => scopes.join(' '),
            createdAt: ({ createdAt }) => createdAt,
            usedAt: ({ usedAt }) => usedAt,
            expiresAt: ({ expiresAt }) => expiresAt,
          }}
        />
      </TableTools>
      {shown}
      <DataTable
        label={texts.tabs['api-keys']}
        rows={data?.items}
        none={t.none}
        columns={[
          {
            heading: t.name,
            cell: ({ name, prefix }) => <TwoLines main={name} minor={`${prefix}…`} />,
          },
          { heading: t.owner, cell: ({ userId }) => nameOf(userId) },
          {
            heading: t.scopes,
            cell: ({ scopes }) => scopes.map((scope) => accountTexts.keys.short[scope]).join(', '),
          },
          { heading: t.used, cell: ({ usedAt }) => (usedAt === null ? texts.never : agoOf(usedAt)) },
          {
            heading: t.expires,
            cell: ({ expiresAt }) => (expiresAt === null ? texts.never : dayOf(expiresAt)),
          },
          {
            heading: texts.actions,
            actions: true,
            cell: ({ id, name }) => (
              <div className="data-actions">
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={`${t.revoke}: ${name}`}
                  onClick={() =>
                    act({
                      run: () => revokeApiKey(id, { server: SERVER }),
                      ask: { title: t.revokeTitle(name), hint: t.revokeHint, action: t.revoke },
                    })
                  }
                >
                  {t.revoke}
                </Button>
              </div>
            ),
          },
        ]}
      />
      {data && <TablePages {...data} />}
    </TabFrame>
  )
}
