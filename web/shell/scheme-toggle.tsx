import { ActionIcon } from '@mantine/core'
import { IconMoon, IconSun } from '@tabler/icons-react'
import { texts } from './texts.ts'
import { useSchemeToggle } from './use-scheme-toggle.ts'

/** Switches between light and dark. */
export function SchemeToggle() {
  const { other, toggle } = useSchemeToggle()
  const label = other === 'dark' ? texts.toDark : texts.toLight
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
      {other === 'light' ? <IconSun size={20} /> : <IconMoon size={20} />}
    </ActionIcon>
  )
}
