import { useCallback, useEffect, useRef, useState } from 'react'
import { texts } from './texts.ts'

/** How long a button says that it has copied. */
const SHOWN = 2000

/** Copies text, and says for a moment that it has. */
export function useCopied(): { copied: boolean; copy: (text: string) => Promise<void> } {
  const [copied, setCopied] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const copy = useCallback(async (text: string) => {
    if (!(await copyText(text))) return
    setCopied(true)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setCopied(false), SHOWN)
  }, [])
  return { copied, copy }
}

/** Pages that are not secure have no clipboard; there the browser shows the text, to be copied by hand. */
async function copyText(text: string): Promise<boolean> {
  const clipboard = (navigator as { clipboard?: Clipboard }).clipboard
  try {
    if (!clipboard) throw new Error('no clipboard')
    await clipboard.writeText(text)
    return true
  } catch {
    prompt(texts.copyByHand, text)
    return false
  }
}
