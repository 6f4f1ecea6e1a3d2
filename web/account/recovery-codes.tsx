import { Button } from '@mantine/core'
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react'
import { useCopied } from '../share/use-copied.ts'
import { Callout } from '../studio/callout.tsx'
import { texts } from './texts.ts'

const t = texts.factor

/** Shown once; whoever loses the phone needs them. */
export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const { copied, copy } = useCopied()
  const text = `${codes.join('\n')}\n`
  return (
    <>
      <Callout kind="warn" title={t.codesTitle} hint={t.codesLead} />
      <ol className="factor-codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className="account-actions">
        <Button
          variant="default"
          leftSection={copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
          onClick={() => void copy(text)}
        >
          <span aria-live="polite">{copied ? t.copied : t.copyCodes}</span>
        </Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={18} />}
          component="a"
          download="klieg-recovery-codes.txt"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
        >
          {t.saveCodes}
        </Button>
        <Button onClick={onKept}>{t.kept}</Button>
      </div>
    </>
  )
}
