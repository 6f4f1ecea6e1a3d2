import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router'
import { returnSearchIn } from './account/return-search.ts'
import { logSearchIn } from './admin/log-search.ts'
import { tableSearchIn } from './admin/table-search.ts'
import { broadcastQuery } from './broadcast-query.ts'
import { librarySearchIn } from './library/library-search.ts'
import { NotFoundPage } from './not-found/not-found-page.tsx'
import { queries } from './queries.ts'
import { PageFailure } from './shell/page-failure.tsx'
import { PageFrame } from './shell/page-frame.tsx'
import { SERVER } from './server-address.ts'

/** Asked while the page's code is on its way; the page itself tells of a failure. */
function ask(id: string): void {
  queries.query(broadcastQuery(id)).catch(() => undefined)
}

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: () => (
    <PageFrame>
      <NotFoundPage />
    </PageFrame>
  ),
})

const framed = createRoute({
  getParentRoute: () => root,
  id: 'framed',
  component: () => (
    <PageFrame>
      <Outlet />
    </PageFrame>
  ),
})

const home = createRoute({
  getParentRoute: () => framed,
  path: '/',
  component: lazyRouteComponent(() => import('./home/home-page.tsx')),
})

const studio = createRoute({
  getParentRoute: () => framed,
  path: '/broadcast',
  component: lazyRouteComponent(() => import('./studio/studio-page.tsx')),
})

const watch = createRoute({
  getParentRoute: () => framed,
  path: '/view/$id',
  loader: ({ params }) => ask(params.id),
  component: lazyRouteComponent(() => import('./watch/watch-page.tsx')),
})

const streams = createRoute({
  getParentRoute: () => framed,
  path: '/streams',
  component: lazyRouteComponent(() => import('./streams/streams-page.tsx')),
})

const admin = createRoute({
  getParentRoute: () => framed,
  path: '/admin',
  component: lazyRouteComponent(() => import('./admin/admin-page.tsx')),
})

const adminDashboard = createRoute({
  getParentRoute: () => admin,
  path: '/',
  component: lazyRouteComponent(() => import('./admin/dashboard.tsx')),
})

const adminBroadcasts = createRoute({
  getParentRoute: () => admin,
  path: '/broadcasts',
  validateSearch: tableSearchIn,
  component: lazyRouteComponent(() => import('./admin/broadcasts-tab.tsx')),
})

const adminPeople = createRoute({
  getParentRoute: () => admin,
  path: '/people',
  validateSearch: tableSearchIn,
  component: lazyRouteComponent(() => import('./admin/people-tab.tsx')),
})

const adminApiKeys = createRoute({
  getParentRoute: () => admin,
  path: '/api-keys',
  validateSearch: tableSearchIn,
  component: lazyRouteComponent(() => import('./admin/api-keys-tab.tsx')),
})

const adminWebhooks = createRoute({
  getParentRoute: () => admin,
  path: '/webhooks',
  validateSearch: tableSearchIn,
  component: lazyRouteComponent(() => import('./admin/webhooks-tab.tsx')),
})

const adminAuditLog = createRoute({
  getParentRoute: () => admin,
  path: '/audit-log',
  validateSearch: tableSearchIn,
  component: lazyRouteComponent(() => import('./admin/audit-log-tab.tsx')),
})

const adminRecordings = createRoute({
  getParentRoute: () => admin,
  path: '/recordings',
  validateSearch: tableSearchIn,
  component: lazyRouteComponent(() => import('./admin/recordings-tab.tsx')),
})

const adminSettings = createRoute({
  getParentRoute: () => admin,
  path: '/settings',
  validateSearch: tableSearchIn,
  component: lazyRouteComponent(() => import('./admin/settings-tab.tsx')),
})

const adminDoctor = createRoute({
  getParentRoute: () => admin,
  path: '/doctor',
  validateSearch: tableSearchIn,
  component: lazyRouteComponent(() => import('./admin/doctor-tab.tsx')),
})

const adminWatchLog = createRoute({
  getParentRoute: () => admin,
  path: '/watch-log',
  validateSearch: logSearchIn,
  component: lazyRouteComponent(() => import('./admin/watch-log.tsx')),
})

const adminTabs = admin.addChildren([
  adminDashboard,
  adminBroadcasts,
  adminPeople,
  adminApiKeys,
  adminWebhooks,
  adminAuditLog,
  adminRecordings,
  adminSettings,
  adminDoctor,
  adminWatchLog,
])

const library = createRoute({
  getParentRoute: () => framed,
  path: '/library',
  validateSearch: librarySearchIn,
  component: lazyRouteComponent(() => import('./library/library-page.tsx')),
})

const libraryItem = createRoute({
  getParentRoute: () => framed,
  path: '/library/$kind/$id',
  component: lazyRouteComponent(() => import('./library/item-page.tsx')),
})

const entrancePages = () => import('./account/entrance-pages.ts')

const setup = createRoute({
  getParentRoute: () => framed,
  path: '/setup',
  component: lazyRouteComponent(entrancePages, 'SetupPage'),
})

const signIn = createRoute({
  getParentRoute: () => framed,
  path: '/sign-in',
  validateSearch: returnSearchIn,
  component: lazyRouteComponent(entrancePages, 'SignInPage'),
})

const reset = createRoute({
  getParentRoute: () => framed,
  path: '/reset',
  component: lazyRouteComponent(entrancePages, 'ResetPage'),
})

const invitation = createRoute({
  getParentRoute: () => framed,
  path: '/invitation',
  component: lazyRouteComponent(entrancePages, 'InvitationPage'),
})

const register = createRoute({
  getParentRoute: () => framed,
  path: '/register',
  component: lazyRouteComponent(entrancePages, 'RegisterPage'),
})

const account = createRoute({
  getParentRoute: () => framed,
  path: '/account',
  component: lazyRouteComponent(() => import('./account/account-page.tsx')),
})

const embed = createRoute({
  getParentRoute: () => root,
  path: '/embed/$id',
  loader: ({ params }) => ask(params.id),
  component: lazyRouteComponent(() => import('./embed/embed-page.tsx')),
})

/** One page per route, each loaded when it is first needed. */
export const router = createRouter({
  routeTree: root.addChildren([
    framed.addChildren([
      setup,
      signIn,
      reset,
      invitation,
      register,
      account,
      home,
      studio,
      watch,
      streams,
      library,
      libraryItem,
      adminTabs,
    ]),
    embed,
  ]),
  basepath: SERVER.pathname,
  trailingSlash: 'preserve',
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: PageFailure,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
