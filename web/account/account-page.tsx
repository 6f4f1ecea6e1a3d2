import './mantine-styles.ts'
import './account-page.css'
import { Navigate } from '@tanstack/react-router'
import { useTitle } from '../use-title.ts'
import { AccountsOnly } from './accounts-only.tsx'
import { useAccount } from './account-query.ts'
import { ApiKeysCard } from './api-keys-card.tsx'
import { BrowsersCard } from './browsers-card.tsx'
import { PasswordCard } from './password-card.tsx'
import { ProfileCard } from './profile-card.tsx'
import { SecondFactorCard } from './second-factor-card.tsx'
import { texts } from './texts.ts'

/** Everything of one's own account. */
export default function AccountPage() {
  useTitle(texts.account.title)
  return (
    <AccountsOnly>
      <OwnAccount />
    </AccountsOnly>
  )
}

function OwnAccount() {
  const account = useAccount()
  if (account === undefined) return null
  if (account === null) return <Navigate to="/sign-in/" search={{ to: '/account/' }} replace />
  return (
    <div className="account">
      <h1 className="account-title">{texts.account.title}</h1>
      <ProfileCard account={account} />
      <PasswordCard account={account} />
      <SecondFactorCard account={account} />
      <BrowsersCard />
      <ApiKeysCard account={account} />
    </div>
  )
}
