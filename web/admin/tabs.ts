/** The tabs in their order. Some are of no use where nobody has an account. */
export const TABS = [
  { to: '/admin/', name: 'dashboard', accounts: false },
  { to: '/admin/broadcasts/', name: 'broadcasts', accounts: false },
  { to: '/admin/people/', name: 'people', accounts: true },
  { to: '/admin/recordings/', name: 'recordings', accounts: false },
  { to: '/admin/watch-log/', name: 'watch-log', accounts: false },
  { to: '/admin/api-keys/', name: 'api-keys', accounts: true },
  { to: '/admin/webhooks/', name: 'webhooks', accounts: false },
  { to: '/admin/audit-log/', name: 'audit-log', accounts: false },
  { to: '/admin/settings/', name: 'settings', accounts: false },
  { to: '/admin/doctor/', name: 'doctor', accounts: false },
] as const
