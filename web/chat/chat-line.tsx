import type { ReactNode } from 'react'
import type { ChatMessage } from '../../client/index.ts'
import { hueOf } from './hue-of.ts'
import { texts } from './texts.ts'

/** One message. React writes it as text, whatever it looks like. */
export function ChatLine({ message, menu }: { message: ChatMessage; menu: ReactNode }) {
  const { name, text, role, author, at } = message
  return (
    <div className="chat-line">
      <p className="chat-words" title={new Date(at).toLocaleTimeString([], { timeStyle: 'short' })}>
        {name !== texts.roles[role] && (
          <span className="chat-name" data-hue={hueOf(author)}>
            <bdi>{name}</bdi>
          </span>
        )}
        {role !== 'guest' && (
          <span className="chat-role" data-role={role}>
            {texts.roles[role]}
          </span>
        )}
        <span className="k-unseen">: </span>
        <bdi className="chat-text">{text}</bdi>
      </p>
      {menu}
    </div>
  )
}
