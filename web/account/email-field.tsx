import { TextInput, type TextInputProps } from '@mantine/core'
import { texts } from './texts.ts'

/** The address that somebody signs in with. */
export function EmailField({
  value,
  onChange,
  readOnly,
}: Pick<TextInputProps, 'readOnly'> & { value: string; onChange: (email: string) => void }) {
  return (
    <TextInput
      label={texts.email}
      size="md"
      type="email"
      name="email"
      autoComplete="username"
      required
      withAsterisk={false}
      readOnly={readOnly}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
