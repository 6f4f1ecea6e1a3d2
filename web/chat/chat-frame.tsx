import { IconChevronDown, IconMessageCircle } from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'
import { texts } from './texts.ts'

/** The panel around a chat, which can be folded away. */
export function ChatFrame({
  title,
  open,
  unread = 0,
  onOpen,
  children,
}: {
  title: string
  open: boolean
  unread?: number
  onOpen: (open: boolean) => void
  children: ReactNode
}) {
  const body = useId()
  const heading = useId()
  return (
    <section className="chat" data-open={open} aria-labelledby={heading}>
      <header className="chat-head">
        <h2 id={heading} className="chat-title">
          <IconMessageCircle size={20} aria-hidden="true" />
          {title}
        </h2>
        {unread > 0 && (
          <span className="chat-unread" role="status">
            {texts.unread(unread)}
          </span>
        )}
        <button
          type="button"
          className="chat-fold"
          aria-label={open ? texts.hide : texts.show}
          aria-expanded={open}
          aria-controls={body}
          onClick={() => onOpen(!open)}
        >
          <IconChevronDown size={22} aria-hidden="true" />
        </button>
      </header>
      <div id={body} className="chat-body" hidden={!open}>
        {children}
      </div>
    </section>
  )
}
