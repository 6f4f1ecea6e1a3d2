import './page-frame.css'
import { Button } from '@mantine/core'
import { IconBroadcast } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import { onServer } from '../server-address.ts'
import { serverQuery } from '../server-query.ts'
import { Logo } from './logo.tsx'
import { SchemeToggle } from './scheme-toggle.tsx'
import { texts } from './texts.ts'

const AccountCorner = lazy(() => import('../account/account-corner.tsx'))

/** What every page but the embedded player has around it. */
export function PageFrame({ children }: { children: ReactNode }) {
  return (
    <div className="frame">
      <button type="button" className="frame-skip" onClick={() => document.getElementById('main')?.focus()}>
        {texts.skip}
      </button>
      <header className="frame-header">
        <Link to="/" className="frame-home" aria-label={texts.home}>
          <Logo />
          <span className="frame-name">Klieg</span>
        </Link>
        <nav className="frame-nav" aria-label={texts.pages}>
          <Link to="/streams/" className="frame-link">
            {texts.live}
          </Link>
          <Link to="/library/" className="frame-link">
            {texts.library}
          </Link>
          <Button
            size="sm"
            className="frame-go-live"
            leftSection={<IconBroadcast size={18} />}
            renderRoot={(props) => <Link to="/broadcast/" {...props} />}
          >
            {texts.goLive}
          </Button>
          <SchemeToggle />
          <Suspense fallback={null}>
            <Corner />
          </Suspense>
        </nav>
      </header>
      <main id="main" className="frame-main" tabIndex={-1}>
        {children}
      </main>
      <Footer />
    </div>
  )
}

/** Without accounts nothing of them is even fetched. */
function Corner() {
  const { data: server } = useQuery(serverQuery)
  return server?.accounts ? <AccountCorner /> : null
}

function Footer() {
  const { data: server } = useQuery(serverQuery)
  return (
    <footer className="frame-footer">
      <span>Klieg {server?.version}</span>
      <span className="frame-footer-links">
        {server?.open && <Link to="/admin/">{texts.admin}</Link>}
        <a href={onServer('docs').href}>{texts.documentation}</a>
      </span>
    </footer>
  )
}
