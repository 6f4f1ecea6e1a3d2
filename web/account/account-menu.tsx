import './account-menu.css'
import { useClickOutside } from '@mantine/hooks'
import { IconLogout, IconMoon, IconSettings, IconSun, IconUserCircle } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { type Account, signOut } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { texts as shellTexts } from '../shell/texts.ts'
import { useSchemeToggle } from '../shell/use-scheme-toggle.ts'
import { becomes } from './account-query.ts'
import { texts } from './texts.ts'

const t = texts.menu

/** Whose browser this is, and what they may go to. */
export default function AccountMenu({ account }: { account: Account }) {
  const [opened, setOpened] = useState(false)
  const navigate = useNavigate()
  const scheme = useSchemeToggle()
  const panel = useId()
  const close = () => setOpened(false)
  const whole = useClickOutside<HTMLDivElement>(close)

  async function leave() {
    await signOut({ server: SERVER }).catch(() => undefined) // without a server nobody is signed in, either
    await navigate({ to: '/' })
    becomes(null)
  }

  return (
    <div
      ref={whole}
      className="account-menu"
      onKeyDown={({ key }) => {
        if (key !== 'Escape') return
        close()
        whole.current?.querySelector('button')?.focus()
      }}
    >
      <button
        type="button"
        className="account-menu-button"
        aria-expanded={opened}
        aria-controls={panel}
        onClick={() => setOpened(!opened)}
      >
        <span aria-hidden="true">{initialsOf(account.name)}</span>
        <span className="k-unseen">{t.open(account.name)}</span>
      </button>
      <div id={panel} className="account-menu-panel" hidden={!opened}>
        <div className="account-menu-who">
          <p className="account-menu-name">{account.name}</p>
          <p className="account-menu-email">{account.email}</p>
        </div>
        <Link to="/account/" className="account-menu-item" onClick={close}>
          <IconUserCircle size={18} aria-hidden="true" />
          {t.account}
        </Link>
        {account.role === 'admin' && (
          <Link to="/admin/" className="account-menu-item" onClick={close}>
            <IconSettings size={18} aria-hidden="true" />
            {t.admin}
          </Link>
        )}
        <button type="button" className="account-menu-item account-menu-scheme" onClick={scheme.toggle}>
          {scheme.other === 'light' ? (
            <IconSun size={18} aria-hidden="true" />
          ) : (
            <IconMoon size={18} aria-hidden="true" />
          )}
          {scheme.other === 'light' ? shellTexts.toLight : shellTexts.toDark}
        </button>
        <button type="button" className="account-menu-item" onClick={() => void leave()}>
          <IconLogout size={18} aria-hidden="true" />
          {t.signOut}
        </button>
      </div>
    </div>
  )
}

/** Of the first and the last word. */
function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '')
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => String.fromCodePoint(word?.codePointAt(0) ?? 32).trim())
    .join('')
    .toUpperCase()
}
