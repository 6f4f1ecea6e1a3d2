import { useNames } from './use-names.ts'

/** The name of an account, or its id until that is known. */
export function Named({ userId }: { userId: string }) {
  const nameOf = useNames()
  return nameOf(userId)
}
