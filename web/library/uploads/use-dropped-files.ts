import { useEffect, useRef, useState } from 'react'

/** Whether files are held over the page; those that are dropped go to `onDrop`. */
export function useDroppedFiles(onDrop: (files: FileList) => void): boolean {
  const [isOver, setIsOver] = useState(false)
  const dropped = useRef(onDrop)
  useEffect(() => {
    dropped.current = onDrop
  })
  useEffect(() => {
    /** Entering a child comes before leaving its parent. */
    let depth = 0
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return
      depth++
      setIsOver(true)
    }
    const leave = (event: DragEvent) => {
      if (hasFiles(event) && --depth <= 0) end()
    }
    const over = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault() // or it could not be dropped
    }
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer || !hasFiles(event)) return
      event.preventDefault() // or the browser would leave the page to show the file
      dropped.current(event.dataTransfer.files)
      end()
    }
    function end() {
      depth = 0
      setIsOver(false)
    }
    const listeners = { dragenter: enter, dragleave: leave, dragover: over, drop }
    for (const [name, listener] of Object.entries(listeners))
      addEventListener(name, listener as (event: Event) => void)
    return () => {
      for (const [name, listener] of Object.entries(listeners))
        removeEventListener(name, listener as (event: Event) => void)
    }
  }, [])
  return isOver
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false
}
