import { Button, NativeSelect, TextInput } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import { dayOf } from '../account/moment-text.ts'
import { texts as accountTexts } from '../account/texts.ts'
import { invite, listInvitations, type Role, withdrawInvitation } from '../../client/index.ts'
import { queries } from '../queries.ts'
import { SERVER } from '../server-address.ts'
import { Callout } from '../studio/callout.tsx'
import { DataTable } from './data-table.tsx'
import { ExportButton } from './export-button.tsx'
import { TablePages } from './tab-frame.tsx'
import { texts } from './tab-texts.ts'
import { type Told, ToldOnce } from './told-once.tsx'
import { useDeed } from './use-deed.tsx'

const t = texts.people
const KEY = ['admin', 'invitations']
const PAGE_SIZE = 20

/** Links by which people make their accounts. */
export function Invitations() {
  const [role, setRole] = useState<Role>('broadcaster')
  const [email, setEmail] = useState('')
  const [told, setTold] = useState<Told>()
  const [page, setPage] = useState(1)
  const { data } = useQuery({
    queryKey: [...KEY, page],
    queryFn: ({ signal }) => listInvitations({ page, pageSize: PAGE_SIZE }, { server: SERVER, signal }),
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
  })
  const { act, shown } = useDeed(KEY)
  const inviting = useMutation({
    mutationFn: () => invite({ role, email: email.trim() || undefined }, { server: SERVER }),
    onSuccess({ link, mailed }) {
      setEmail('')
      setTold({ title: t.invited, label: t.link, value: link, hint: mailed ? t.mailed : undefined })
    },
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    inviting.mutate()
  }

  return (
    <>
      <h2 className="admin-section">{t.invitations}</h2>
      <form className="admin-form" onSubmit={submit} aria-label={t.invite}>
        <NativeSelect
          label={t.role}
          value={role}
          data={(['broadcaster', 'viewer', 'admin'] as const).map((value) => ({
            value,
            label: accountTexts.roles[value],
          }))}
          onChange={({ currentTarget }) => setRole(currentTarget.value as Role)}
        />
        <TextInput
          label={t.email}
          type="email"
          autoComplete="off"
          value={email}
          onChange={({ currentTarget }) => setEmail(currentTarget.value)}
        />
        <Button type="submit" loading={inviting.isPending}>
          {t.invite}
        </Button>
      </form>
      {inviting.error && (
        <div className="admin-callout">
          <Callout kind="bad" title={texts.failed} hint={inviting.error.message} />
        </div>
      )}
      {shown}
      {data && data.total > 0 && (
        <div className="table-tools">
          <div className="table-actions">
            <ExportButton
              name="invitations"
              read={(part) => listInvitations({ page: part, pageSize: 200 }, { server: SERVER })}
              columns={{
                id: ({ id }) => id,
                email: ({ email }) => email,
                role: ({ role }) => role,
                expiresAt: ({ expiresAt }) => expiresAt,
              }}
            />
          </div>
        </div>
      )}
      <ToldOnce told={told} onDone={() => setTold(undefined)} />
      <DataTable
        label={t.invitations}
        rows={data?.items}
        none={t.noInvitations}
        columns={[
          { heading: t.for, cell: (invitation) => invitation.email ?? t.anybody },
          { heading: t.role, cell: (invitation) => accountTexts.roles[invitation.role] },
          { heading: t.until, cell: ({ expiresAt }) => dayOf(expiresAt) },
          {
            heading: texts.actions,
            actions: true,
            cell: (invitation) => (
              <div className="data-actions">
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={`${t.withdraw}: ${invitation.email ?? t.anybody}`}
                  onClick={() => act({ run: () => withdrawInvitation(invitation.id, { server: SERVER }) })}
                >
                  {t.withdraw}
                </Button>
              </div>
            ),
          },
        ]}
      />
      {data && <TablePages {...data} onPage={setPage} />}
    </>
  )
}
