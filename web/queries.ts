import { QueryClient } from '@tanstack/react-query'

/** What has been asked of the server. */
export const queries = new QueryClient({
  defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false } },
})
