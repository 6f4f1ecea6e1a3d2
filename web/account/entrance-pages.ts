// Small pages that are fetched as one: each alone would cost every other page more than it saves.
export { default as InvitationPage } from './invitation-page.tsx'
export { default as RegisterPage } from './register-page.tsx'
export { default as ResetPage } from './reset-page.tsx'
export { default as SetupPage } from './setup-page.tsx'
export { default as SignInPage } from './sign-in-page.tsx'
