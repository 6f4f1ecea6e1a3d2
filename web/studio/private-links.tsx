import './private-links.css'
import { Button } from '@mantine/core'
import { IconLink } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createViewerToken, listViewerTokens, revokeViewerToken } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { Callout } from './callout.tsx'
import { CopyField } from './copy-field.tsx'
import { texts } from './texts.ts'

const DAY = 24 * 3600

/** Links that let whoever has them watch a private broadcast, for a day; they can be taken back. */
export function PrivateLinks({ id }: { id: string }) {
  const queries = useQueryClient()
  const queryKey = ['viewer-tokens', id]
  const { data: given = [] } = useQuery({
    queryKey,
    queryFn: ({ signal }) => listViewerTokens(id, { server: SERVER, signal }),
  })
  const changed = () => queries.invalidateQueries({ queryKey })
  const making = useMutation({
    mutationFn: () => createViewerToken(id, { expiresIn: DAY }, { server: SERVER }),
    onSuccess: changed,
  })
  const taking = useMutation({
    mutationFn: (token: string) => revokeViewerToken(id, token, { server: SERVER }),
    onSuccess: (_answer, token) => {
      if (token === making.data?.id) making.reset()
      return changed()
    },
  })
  const problem = making.error ?? taking.error

  return (
    <div className="private-links">
      <Button
        leftSection={<IconLink size={18} />}
        loading={making.isPending}
        onClick={() => making.mutate()}
        variant={making.data ? 'default' : 'filled'}
      >
        {texts.sharePrivately}
      </Button>
      {making.data && <CopyField label={texts.privateLink} value={making.data.url} />}
      {problem && <Callout kind="bad" title={texts.failed} hint={problem.message} />}
      {given.length > 0 && (
        <ul className="private-links-list" aria-label={texts.privateLinks}>
          {given.map((token) => (
            <li key={token.id} className="private-links-item">
              <span className="studio-hint">{texts.opensUntil(new Date(token.expiresAt))}</span>
              <Button
                size="compact-sm"
                variant="default"
                loading={taking.isPending && taking.variables === token.id}
                onClick={() => taking.mutate(token.id)}
              >
                {texts.takeBack}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
