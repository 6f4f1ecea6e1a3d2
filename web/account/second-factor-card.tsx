import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import {
  type Account,
  beginSecondFactor,
  confirmSecondFactor,
  endSecondFactor,
  renewRecoveryCodes,
} from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { Callout } from '../studio/callout.tsx'
import { CopyField } from '../studio/copy-field.tsx'
import { AccountCard } from './account-card.tsx'
import { isNow } from './account-query.ts'
import { OwnPassword } from './password-card.tsx'
import { QrCode } from './qr-code.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import { texts } from './texts.ts'

const t = texts.factor

type Step =
  | { at: 'rest' }
  | { at: 'password'; for: 'begin' | 'renew' | 'end' }
  | { at: 'scan'; secret: string; uri: string }
  | { at: 'codes'; codes: readonly string[] }

/** The second factor: on, off, and codes for when the phone is lost. */
export function SecondFactorCard({ account }: { account: Account }) {
  const [step, setStep] = useState<Step>({ at: 'rest' })
  const rest = () => setStep({ at: 'rest' })
  const isOn = account.secondFactor

  async function proceed(wanted: 'begin' | 'renew' | 'end', password: string): Promise<Step> {
    if (wanted === 'begin') return { at: 'scan', ...(await beginSecondFactor(password, { server: SERVER })) }
    if (wanted === 'renew')
      return { at: 'codes', codes: await renewRecoveryCodes(password, { server: SERVER }) }
    await endSecondFactor(password, { server: SERVER })
    isNow({ ...account, secondFactor: false })
    return { at: 'rest' }
  }

  async function confirm(code: string): Promise<Step> {
    const codes = await confirmSecondFactor(code, { server: SERVER })
    isNow({ ...account, secondFactor: true })
    return { at: 'codes', codes }
  }

  return (
    <AccountCard title={t.title} mark={isOn ? t.on : t.off} on={isOn} lead={isOn ? t.onLead : t.offLead}>
      {step.at === 'rest' && (
        <div className="account-actions">
          {isOn ? (
            <>
              <Button variant="default" onClick={() => setStep({ at: 'password', for: 'renew' })}>
                {t.renew}
              </Button>
              <Button variant="default" onClick={() => setStep({ at: 'password', for: 'end' })}>
                {t.turnOff}
              </Button>
            </>
          ) : (
            <Button variant="default" onClick={() => setStep({ at: 'password', for: 'begin' })}>
              {t.turnOn}
            </Button>
          )}
        </div>
      )}
      {step.at === 'password' && (
        <StepForm
          action={step.for === 'end' ? t.turnOff : t.continue}
          proceed={(password) => proceed(step.for, password)}
          onStep={setStep}
          onCancel={rest}
        >
          {(password, setPassword) => (
            <OwnPassword label={t.confirmPassword} value={password} onChange={setPassword} />
          )}
        </StepForm>
      )}
      {step.at === 'scan' && (
        <StepForm action={t.turnOn} proceed={confirm} onStep={setStep} onCancel={rest}>
          {(code, setCode) => (
            <>
              <div className="factor-scan">
                <QrCode text={step.uri} label={t.qrLabel} />
                <div className="factor-scan-words">
                  <p>{t.scan}</p>
                  <CopyField label={t.byHand} value={step.secret} />
                </div>
              </div>
              <TextInput
                label={t.code}
                size="md"
                inputMode="numeric"
                autoComplete="one-time-code"
                maxLength={7}
                required
                withAsterisk={false}
                value={code}
                onChange={(event) => setCode(event.target.value)}
              />
            </>
          )}
        </StepForm>
      )}
      {step.at === 'codes' && <RecoveryCodes codes={step.codes} onKept={rest} />}
    </AccountCard>
  )
}

/** One field, and what it leads to. */
function StepForm({
  action,
  proceed,
  onStep,
  onCancel,
  children,
}: {
  action: string
  proceed: (text: string) => Promise<Step>
  onStep: (step: Step) => void
  onCancel: () => void
  children: (text: string, setText: (text: string) => void) => ReactNode
}) {
  const [text, setText] = useState('')
  const going = useMutation({ mutationFn: () => proceed(text), onSuccess: onStep })
  return (
    <form
      className="account-card-body"
      style={{ marginTop: 0 }}
      onSubmit={(event) => {
        event.preventDefault()
        going.mutate()
      }}
    >
      {children(text, setText)}
      {going.error && <Callout kind="bad" title={texts.signIn.failed} hint={going.error.message} />}
      <div className="account-actions">
        <Button type="submit" loading={going.isPending}>
          {action}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {texts.account.cancel}
        </Button>
      </div>
    </form>
  )
}
