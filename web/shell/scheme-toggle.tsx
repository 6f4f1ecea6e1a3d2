import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconMoon, IconSun } from '@tabler/icons-react'
import { texts } from './texts.ts'

/** Switches between light and dark; a choice that is the system's own goes on following the system. */
export function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const other = scheme === 'dark' ? 'light' : 'dark'
  const label = other === 'dark' ? texts.toDark : texts.toLight

  function toggle() {
    const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
    setColorScheme(other === system ? 'auto' : other)
  }

  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      c="inherit"
      size={40}
      data-scheme-toggle
      aria-label={label}
      title={label}
      onClick={toggle}
    >
      {scheme === 'dark' ? <IconSun size={20} /> : <IconMoon size={20} />}
    </ActionIcon>
  )
}
