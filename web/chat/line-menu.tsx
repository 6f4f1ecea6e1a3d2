import { IconDots } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'

export type MenuAction = { readonly label: string; readonly isGrave?: boolean; readonly run: () => void }

/** What can be done about a message: a button that opens a menu, for pointer and keyboard alike. */
export function LineMenu({ label, actions }: { label: string; actions: readonly MenuAction[] }) {
  const [open, setOpen] = useState(false)
  const menu = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)

  useEffect(() => {
    if (!open) return
    menu.current?.querySelector('button')?.focus()
    const outside = ({ target }: Event) => {
      if (!(target instanceof Node) || menu.current?.parentElement?.contains(target)) return
      setOpen(false)
    }
    document.addEventListener('pointerdown', outside)
    return () => document.removeEventListener('pointerdown', outside)
  }, [open])

  function close() {
    setOpen(false)
    button.current?.focus()
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.stopPropagation()
      close()
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    const items = [...(menu.current?.querySelectorAll('button') ?? [])]
    const at = items.indexOf(document.activeElement as HTMLButtonElement)
    const step = event.key === 'ArrowDown' ? 1 : -1
    items[(at + step + items.length) % items.length]?.focus()
  }

  return (
    <div className="line-menu">
      <button
        ref={button}
        type="button"
        className="line-menu-button"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <IconDots size={18} aria-hidden="true" />
      </button>
      {open && (
        <div ref={menu} className="line-menu-list" role="menu" aria-label={label} onKeyDown={onKeyDown}>
          {actions.map((action) => (
            <button
              key={action.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              data-grave={action.isGrave}
              onClick={() => {
                close()
                action.run()
              }}
            >
              {action.label}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}
