import { createTheme, type CSSVariablesResolver } from '@mantine/core'

/** The light of a klieg lamp on deep neutrals; tokens.css has the colours themselves. */
export const theme = createTheme({
  primaryColor: 'klieg',
  primaryShade: 5,
  autoContrast: true,
  luminanceThreshold: 0.32,
  cursorType: 'pointer',
  respectReducedMotion: true,
  black: '#1c1a1f',
  fontFamily: 'var(--k-font)',
  fontFamilyMonospace: 'var(--k-mono)',
  headings: { fontFamily: 'var(--k-font)', fontWeight: '680' },
  defaultRadius: 'md',
  radius: { md: '0.625rem', lg: '0.875rem' },
  colors: {
    klieg: [
      '#fff7e6',
      '#ffecc8',
      '#ffde9c',
      '#ffce6b',
      '#ffc045',
      '#ffb224',
      '#eb9c0b',
      '#b97405',
      '#8a5200',
      '#5e3800',
    ],
    dark: [
      '#f3f0ea',
      '#c9c4cc',
      '#aba6b0',
      '#7c7884',
      '#4a4752',
      '#312f38',
      '#24232a',
      '#1a191f',
      '#121115',
      '#0b0a0d',
    ],
  },
})

/** Lets Mantine's components use the same tokens as the rest of the page. */
export const cssVariables: CSSVariablesResolver = () => {
  const tokens = {
    '--mantine-color-body': 'var(--k-surface)',
    '--mantine-color-text': 'var(--k-text)',
    '--mantine-color-dimmed': 'var(--k-dim)',
    '--mantine-color-placeholder': 'var(--k-dim)',
    '--mantine-color-anchor': 'var(--k-accent)',
    '--mantine-color-error': 'var(--k-bad)',
    '--mantine-color-default': 'var(--k-surface)',
    '--mantine-color-default-hover': 'var(--k-raised)',
    '--mantine-color-default-color': 'var(--k-text)',
    '--mantine-color-default-border': 'var(--k-line)',
    '--mantine-color-disabled': 'var(--k-raised)',
    '--mantine-color-disabled-color': 'var(--k-dim)',
    '--mantine-color-disabled-border': 'var(--k-line)',
  }
  return { variables: {}, light: tokens, dark: tokens }
}
