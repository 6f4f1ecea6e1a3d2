import './private-links.css'
import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import { getNamedViewers, setNamedViewers } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { Callout } from './callout.tsx'
import { texts } from './texts.ts'

/** Accounts that may watch a private broadcast when they are signed in, without any link. */
export function NamedPeople({ id }: { id: string }) {
  const queries = useQueryClient()
  const [email, setEmail] = useState('')
  const queryKey = ['named-viewers', id]
  const { data } = useQuery({
    queryKey,
    queryFn: ({ signal }) => getNamedViewers(id, { server: SERVER, signal }),
  })
  const naming = useMutation({
    mutationFn: (viewers: Parameters<typeof setNamedViewers>[1]) =>
      setNamedViewers(id, viewers, { server: SERVER }),
    onSuccess: (named, { emails }) => {
      queries.setQueryData(queryKey, named)
      if (emails) setEmail('')
    },
  })
  const users = data?.users ?? []
  const add = (event: SyntheticEvent) => {
    event.preventDefault()
    naming.mutate({ users, emails: [email.trim()] })
  }

  return (
    <div className="private-links">
      <form className="named-people-form" onSubmit={add}>
        <TextInput
          type="email"
          label={texts.namePerson}
          description={texts.namePersonHint}
          required
          withAsterisk={false}
          placeholder={texts.namePersonExample}
          maxLength={254}
          value={email}
          onChange={({ currentTarget }) => setEmail(currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={!data} loading={naming.isPending}>
          {texts.addPerson}
        </Button>
      </form>
      {naming.error && <Callout kind="bad" title={texts.failed} hint={naming.error.message} />}
      {data && data.people.length > 0 && (
        <ul className="private-links-list" aria-label={texts.namedPeople}>
          {data.people.map((person) => (
            <li key={person.id} className="private-links-item">
              <span>{person.name}</span>
              <Button
                size="compact-sm"
                variant="default"
                aria-label={texts.unnamePerson(person.name)}
                onClick={() => naming.mutate({ users: users.filter((user) => user !== person.id) })}
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
