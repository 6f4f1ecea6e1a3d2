import process from 'node:process'

const SCREENS = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844, phone: true },
}

/** How a page is looked at. */
export type Look = {
  readonly screen: keyof typeof SCREENS
  readonly scheme: 'light' | 'dark'
  /** For `Browser.open`. */
  readonly browser: { width: number; height: number; phone?: boolean; dark: boolean }
}

const EVERY: readonly Look[] = (['light', 'dark'] as const).flatMap((scheme) =>
  (['desktop', 'phone'] as const).map((screen) => ({
    screen,
    scheme,
    browser: { ...SCREENS[screen], dark: scheme === 'dark' },
  })),
)

/** Both screens and both schemes in two looks; all four with `KLIEG_TEST_LOOKS=all`, which takes twice as long. */
export const LOOKS =
  process.env['KLIEG_TEST_LOOKS'] === 'all'
    ? EVERY
    : EVERY.filter(({ screen, scheme }) => (screen === 'desktop') === (scheme === 'light'))
