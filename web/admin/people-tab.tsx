import { Button, NativeSelect } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useAccount } from '../account/account-query.ts'
import { agoOf } from '../account/moment-text.ts'
import { texts as accountTexts } from '../account/texts.ts'
import {
  type Account,
  changeAccount,
  listAccounts,
  makeResetLink,
  removeAccount,
} from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { DataTable, Mark, TwoLines } from './data-table.tsx'
import { ExportButton } from './export-button.tsx'
import { Invitations } from './invitations.tsx'
import { TabFrame, TablePages, TableTools, useTableSearch } from './tab-frame.tsx'
import { oneOf } from './table-search.ts'
import { texts } from './tab-texts.ts'
import { type Told, ToldOnce } from './told-once.tsx'
import { useDeed } from './use-deed.tsx'

const t = texts.people
const ROLES = ['admin', 'broadcaster', 'viewer'] as const
const PAGE_SIZE = 50

/** Accounts and invitations. */
export default function PeopleTab() {
  const [{ q, only, page = 1 }] = useTableSearch()
  const [told, setTold] = useState<Told>()
  const self = useAccount()
  const filter = { q, role: oneOf(ROLES, only) }
  const { data, isError } = useQuery({
    queryKey: ['admin', 'people', filter, page],
    queryFn: ({ signal }) =>
      listAccounts({ ...filter, page, pageSize: PAGE_SIZE }, { server: SERVER, signal }),
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
  })
  const { act, shown } = useDeed(['admin', 'people'])
  const change = (id: string, changes: Parameters<typeof changeAccount>[1]) =>
    act({ run: () => changeAccount(id, changes, { server: SERVER }) })

  return (
    <TabFrame title={texts.tabs.people} summary={isError ? texts.unreadable : data && t.summary(data.total)}>
      <TableTools placeholder={t.searchHint} choice={{ label: t.role, all: t.all, of: accountTexts.roles }}>
        <ExportButton
          name="people"
          read={(part) => listAccounts({ ...filter, page: part, pageSize: 200 }, { server: SERVER })}
          columns={{
            id: ({ id }) => id,
            name: ({ name }) => name,
            email: ({ email }) => email,
            role: ({ role }) => role,
            secondFactor: ({ secondFactor }) => secondFactor,
            createdAt: ({ createdAt }) => createdAt,
            seenAt: ({ seenAt }) => seenAt,
            disabledAt: ({ disabledAt }) => disabledAt,
          }}
        />
      </TableTools>
      {shown}
      <ToldOnce told={told} onDone={() => setTold(undefined)} />
      <DataTable
        label={texts.tabs.people}
        rows={data?.items}
        none={t.none}
        columns={[
          { heading: t.name, cell: ({ name, email }) => <TwoLines main={name} minor={email} /> },
          {
            heading: t.role,
            cell: ({ id, name, role }) => (
              <NativeSelect
                size="xs"
                aria-label={t.roleOf(name)}
                value={role}
                disabled={id === self?.id}
                data={ROLES.map((value) => ({ value, label: accountTexts.roles[value] }))}
                onChange={({ currentTarget }) => {
                  const wanted = oneOf(ROLES, currentTarget.value)
                  if (wanted) change(id, { role: wanted })
                }}
              />
            ),
          },
          {
            heading: t.status,
            roomy: true,
            cell: ({ disabledAt, secondFactor }) => (
              <TwoLines
                main={
                  disabledAt === null ? (
                    <Mark tone="good">{t.enabled}</Mark>
                  ) : (
                    <Mark tone="bad">{t.disabled}</Mark>
                  )
                }
                minor={secondFactor ? t.secondFactor : t.noSecondFactor}
              />
            ),
          },
          {
            heading: t.seen,
            cell: ({ seenAt }) => (seenAt === null ? texts.never : agoOf(seenAt)),
            roomy: true,
          },
          {
            heading: texts.actions,
            actions: true,
            cell: (account) => <Actions account={account} />,
          },
        ]}
      />
      {data && <TablePages {...data} />}
      <Invitations />
    </TabFrame>
  )

  function Actions({ account: { id, name, disabledAt } }: { account: Account }) {
    const isSelf = id === self?.id
    return (
      <div className="data-actions">
        <Button
          variant="default"
          size="compact-sm"
          aria-label={`${t.reset}: ${name}`}
          onClick={() =>
            act({
              run: async () => {
                const { link, mailed } = await makeResetLink(id, { server: SERVER })
                setTold({
                  title: t.resetMade(name),
                  label: t.link,
                  value: link,
                  hint: mailed ? t.mailed : undefined,
                })
              },
            })
          }
        >
          {t.reset}
        </Button>
        {!isSelf && (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`${disabledAt === null ? t.disable : t.enable}: ${name}`}
            onClick={() => change(id, { disabled: disabledAt === null })}
          >
            {disabledAt === null ? t.disable : t.enable}
          </Button>
        )}
        {!isSelf && (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`${t.remove}: ${name}`}
            onClick={() =>
              act({
                run: () => removeAccount(id, { server: SERVER }),
                ask: { title: t.removeTitle(name), hint: t.removeHint, action: t.remove },
              })
            }
          >
            {t.remove}
          </Button>
        )}
      </div>
    )
  }
}
