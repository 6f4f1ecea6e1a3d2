import { Button } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type LibraryItem, removeLibraryItem } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { Confirmation } from '../studio/confirmation.tsx'
import { texts } from './texts.ts'

/** Removes it for good, after asking. */
export function RemoveButton({ item: { kind, id, title } }: { item: LibraryItem }) {
  const [isAsking, setIsAsking] = useState(false)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { mutate, isPending, isError } = useMutation({
    mutationFn: () => removeLibraryItem(kind, id, { server: SERVER }),
    onSuccess: async () => {
      await navigate({ to: '/library/' })
      queries.removeQueries({ queryKey: ['library', 'item', kind, id] })
      await queries.invalidateQueries({ queryKey: ['library', 'list'] })
    },
  })
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconTrash size={18} />}
        loading={isPending}
        onClick={() => setIsAsking(true)}
      >
        {texts.remove}
      </Button>
      {isError && (
        <p className="item-trouble" role="alert">
          {texts.removeFailed}
        </p>
      )}
      <Confirmation
        opened={isAsking}
        title={texts.removeTitle}
        hint={texts.removeHint(title)}
        action={texts.removeAction}
        cancel={texts.keep}
        onClose={() => setIsAsking(false)}
        onConfirm={() => {
          setIsAsking(false)
          mutate()
        }}
      />
    </>
  )
}
