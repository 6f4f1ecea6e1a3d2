import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCamera, IconMicrophone, IconScreenShare } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { texts } from './texts.ts'
import type { Source } from './use-source.ts'

/** Over the preview while there is none: why, and what to do. */
export function PreviewCover({ source }: { source: Source }) {
  const { stream, opening, error, choice, choose, retry } = source
  if (error)
    return (
      <Cover icon={<IconAlertTriangle size={40} />} title={error.message} hint={error.remedy} alert>
        <Button onClick={() => void retry()}>{texts.again}</Button>
        {choice.picture === 'camera' && !['insecure-context', 'unsupported'].includes(error.code) && (
          <Button variant="white" color="dark" onClick={() => void choose({ picture: 'screen' })}>
            {texts.useScreen}
          </Button>
        )}
      </Cover>
    )
  if (stream && stream.getVideoTracks().length === 0)
    return <Cover icon={<IconMicrophone size={40} />} title={texts.soundOnly} hint={texts.levelHint} />
  if (stream) return null
  if (choice.picture === 'screen')
    return (
      <Cover icon={<IconScreenShare size={40} />} title={texts.chooseScreen} hint={texts.chooseScreenHint}>
        <Button onClick={() => void retry()}>{texts.chooseScreenAction}</Button>
      </Cover>
    )
  return (
    <Cover icon={<IconCamera size={40} />} title={texts.asking} hint={texts.askingHint}>
      {!opening && <Button onClick={() => void retry()}>{texts.again}</Button>}
    </Cover>
  )
}

function Cover({
  icon,
  title,
  hint,
  alert,
  children,
}: {
  icon: ReactNode
  title: string
  hint: string
  alert?: boolean
  children?: ReactNode
}) {
  return (
    <div className="preview-cover" role={alert ? 'alert' : 'status'}>
      <span className="preview-cover-icon" aria-hidden="true">
        {icon}
      </span>
      <p className="preview-cover-title">{title}</p>
      <p className="preview-cover-hint">{hint}</p>
      <div className="preview-cover-actions">{children}</div>
    </div>
  )
}
