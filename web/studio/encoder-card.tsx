import { Button } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { BroadcastView } from '../../client/index.ts'
import { Callout } from './callout.tsx'
import { Confirmation } from './confirmation.tsx'
import { CopyBlock, CopyField } from './copy-field.tsx'
import { ffmpegCommand } from './ffmpeg-command.ts'
import { texts } from './texts.ts'

const MASK = '••••••••'

/** The secret side of a broadcast: its key, and how other encoders use it. */
export function EncoderCard({
  broadcast,
  streamKey,
  open,
  onRotate,
}: {
  broadcast: BroadcastView
  streamKey: string
  open: boolean
  /** Asks for a new key and goes on with it. */
  onRotate: () => Promise<void>
}) {
  const { whip } = broadcast.urls
  return (
    <details className="studio-card studio-fold" open={open}>
      <summary className="studio-subtitle">{texts.encoder}</summary>
      <div className="studio-fields">
        <div>
          <CopyField label={texts.secret} value={streamKey} secret />
          <p className="studio-hint studio-secret-hint">{texts.secretHint}</p>
          <RotateButton onRotate={onRotate} />
        </div>
        <section className="studio-fields">
          <div>
            <h3 className="studio-minor">{texts.obs}</h3>
            <p className="studio-hint">{texts.obsSteps}</p>
          </div>
          <CopyField label={texts.obsServer} value={whip} />
          <CopyField label={texts.obsToken} value={streamKey} secret />
          <p className="studio-hint">{texts.obsOutput}</p>
        </section>
        <section>
          <h3 className="studio-minor">{texts.ffmpeg}</h3>
          <p className="studio-hint">{texts.ffmpegHint}</p>
          <CopyBlock
            label={texts.ffmpeg}
            shown={ffmpegCommand(whip, MASK).replace(`'${MASK}'`, MASK)}
            value={ffmpegCommand(whip, streamKey)}
          />
        </section>
      </div>
    </details>
  )
}

function RotateButton({ onRotate }: { onRotate: () => Promise<void> }) {
  const [asking, setAsking] = useState(false)
  const rotating = useMutation({ mutationFn: onRotate })
  return (
    <>
      <Button
        variant="default"
        size="sm"
        leftSection={<IconKey size={16} />}
        loading={rotating.isPending}
        onClick={() => setAsking(true)}
      >
        {texts.rotate}
      </Button>
      {rotating.error && <Callout kind="bad" title={texts.failed} hint={rotating.error.message} />}
      <Confirmation
        opened={asking}
        title={texts.rotateTitle}
        hint={texts.rotateHint}
        action={texts.rotateConfirm}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false)
          rotating.mutate()
        }}
      />
    </>
  )
}
