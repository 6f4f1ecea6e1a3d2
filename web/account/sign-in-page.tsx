import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ProblemError, requestPasswordReset, signIn } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { serverQuery } from '../server-query.ts'
import { Callout } from '../studio/callout.tsx'
import { becomes } from './account-query.ts'
import { AccountsOnly } from './accounts-only.tsx'
import { EmailField } from './email-field.tsx'
import { Entrance } from './entrance.tsx'
import { safeReturn } from './safe-return.ts'
import { texts } from './texts.ts'

const t = texts.signIn
type Step = 'password' | 'code' | 'forgotten'

/** In, by password and second factor; and what to do without a password. */
export default function SignInPage() {
  const [step, setStep] = useState<Step>('password')
  const [credentials, setCredentials] = useState({ email: '', password: '' })
  return (
    <AccountsOnly>
      {step === 'forgotten' ? (
        <Forgotten email={credentials.email} onBack={() => setStep('password')} />
      ) : (
        <SignIn step={step} onStep={setStep} credentials={credentials} onChange={setCredentials} />
      )}
    </AccountsOnly>
  )
}

function SignIn({
  step,
  onStep,
  credentials,
  onChange,
}: {
  step: Step
  onStep: (step: Step) => void
  credentials: { email: string; password: string }
  onChange: (credentials: { email: string; password: string }) => void
}) {
  const navigate = useNavigate()
  const { data: server } = useQuery(serverQuery)
  const [code, setCode] = useState('')
  const entering = useMutation({
    mutationFn: () => signIn({ ...credentials, ...(step === 'code' && { code }) }, { server: SERVER }),
    onSuccess: (account) => {
      becomes(account)
      void navigate({ href: safeReturn(new URLSearchParams(location.search).get('to')), replace: true })
    },
    onError: (error) => {
      if (error instanceof ProblemError && error.code === 'second-factor-required') onStep('code')
    },
  })
  const failure = isCodeMissing(entering.error) ? null : entering.error

  return (
    <Entrance
      key={step}
      title={step === 'code' ? t.codeTitle : t.title}
      lead={step === 'code' ? t.codeLead : t.lead}
    >
      <form
        className="entrance-form"
        onSubmit={(event) => {
          event.preventDefault()
          entering.mutate()
        }}
      >
        {step === 'code' ? (
          <TextInput
            className="entrance-code"
            label={t.code}
            description={t.codeHint}
            size="md"
            name="code"
            autoComplete="one-time-code"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={64}
            required
            withAsterisk={false}
            data-autofocus
            autoFocus
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        ) : (
          <>
            <EmailField value={credentials.email} onChange={(email) => onChange({ ...credentials, email })} />
            <PasswordInput
              label={texts.password}
              size="md"
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              visibilityToggleButtonProps={{ 'aria-label': texts.showPassword }}
              value={credentials.password}
              onChange={(event) => onChange({ ...credentials, password: event.target.value })}
            />
          </>
        )}
        {failure && <Callout kind="bad" title={t.failed} hint={wordsOf(failure)} />}
        <Button type="submit" size="md" fullWidth loading={entering.isPending}>
          {step === 'code' ? t.continue : t.action}
        </Button>
        <div className="entrance-links">
          {step === 'code' ? (
            <button
              type="button"
              className="entrance-link"
              onClick={() => {
                entering.reset()
                onStep('password')
              }}
            >
              {t.back}
            </button>
          ) : (
            <button type="button" className="entrance-link" onClick={() => onStep('forgotten')}>
              {t.forgotten}
            </button>
          )}
          {step === 'password' && server?.accounts?.registration && <Link to="/register/">{t.register}</Link>}
        </div>
      </form>
    </Entrance>
  )
}

function Forgotten({ email: typed, onBack }: { email: string; onBack: () => void }) {
  const { data: server } = useQuery(serverQuery)
  const [email, setEmail] = useState(typed)
  const asking = useMutation({ mutationFn: () => requestPasswordReset(email, { server: SERVER }) })
  const back = (
    <div className="entrance-links">
      <button type="button" className="entrance-link" onClick={onBack}>
        {t.back}
      </button>
    </div>
  )
  if (!server?.accounts?.mail)
    return (
      <Entrance title={t.askAdminTitle} lead={t.askAdmin}>
        <div className="entrance-form">{back}</div>
      </Entrance>
    )
  if (asking.isSuccess)
    return (
      <Entrance title={t.sentTitle} lead={t.sentHint}>
        <div className="entrance-form">{back}</div>
      </Entrance>
    )
  return (
    <Entrance title={t.forgottenTitle} lead={t.forgottenLead}>
      <form
        className="entrance-form"
        onSubmit={(event) => {
          event.preventDefault()
          asking.mutate()
        }}
      >
        <EmailField value={email} onChange={setEmail} />
        {asking.error && <Callout kind="bad" title={t.failed} hint={wordsOf(asking.error)} />}
        <Button type="submit" size="md" fullWidth loading={asking.isPending}>
          {t.send}
        </Button>
        {back}
      </form>
    </Entrance>
  )
}

function isCodeMissing(error: Error | null): boolean {
  return error instanceof ProblemError && error.code === 'second-factor-required'
}

function wordsOf(error: Error): string {
  const words = error.message.charAt(0).toUpperCase() + error.message.slice(1)
  const seconds = error instanceof ProblemError ? error.retryAfter : undefined
  return seconds === undefined ? `${words}.` : `${words}: ${Math.ceil(seconds)} s.`
}
