import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'

/** The other colours, and how to change to them; a choice that is the system's own goes on following the system. */
export function useSchemeToggle(): { other: 'light' | 'dark'; toggle: () => void } {
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const other = scheme === 'dark' ? 'light' : 'dark'
  return {
    other,
    toggle() {
      const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
      setColorScheme(other === system ? 'auto' : other)
    },
  }
}
