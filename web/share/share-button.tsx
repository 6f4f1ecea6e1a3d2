import { Button } from '@mantine/core'
import { IconCheck, IconShare } from '@tabler/icons-react'
import { texts } from './texts.ts'
import { useCopied } from './use-copied.ts'

/** The system's own share sheet on phones; elsewhere the link goes to the clipboard. */
export function ShareButton({ title, url }: { title: string; url: string }) {
  const { copied, copy } = useCopied()

  async function share() {
    if ('share' in navigator && matchMedia('(pointer: coarse)').matches) {
      const shared = await navigator.share({ title, url }).then(
        () => true,
        (error: unknown) => error instanceof DOMException && error.name === 'AbortError',
      )
      if (shared) return
    }
    await copy(url)
  }

  return (
    <Button
      variant="default"
      className="share-button"
      leftSection={copied ? <IconCheck size={18} /> : <IconShare size={18} />}
      onClick={() => void share()}
    >
      <span aria-live="polite">{copied ? texts.linkCopied : texts.share}</span>
    </Button>
  )
}
