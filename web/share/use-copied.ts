import { useCallback, useEffect, useRef, useState } from 'react'

/** How long a button says that it has copied. */
const SHOWN = 2000

/** Copies text, and says for a moment that it has. */
export function useCopied(): { copied: boolean; copy: (text: string) => Promise<void> } {
  const [copied, setCopied] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const copy = useCallback(async (text: string) => {
    await copyText(text)
    setCopied(true)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setCopied(false), SHOWN)
  }, [])
  return { copied, copy }
}

/** Pages that are not secure have no clipboard; a selection can be copied everywhere. */
async function copyText(text: string): Promise<void> {
  const clipboard = (navigator as { clipboard?: Clipboard }).clipboard
  if (clipboard) {
    const written = await clipboard.writeText(text).then(
      () => true,
      () => false,
    )
    if (written) return
  }
  const field = document.createElement('textarea')
  field.value = text
  field.style.position = 'fixed'
  field.style.opacity = '0'
  document.body.append(field)
  field.select()
  document.execCommand('copy')
  field.remove()
}
