export const texts = {
  tab: 'Not found',
  title: 'The light is on, but nobody is here',
  hint: 'There is no page at this address. Check the link, or go on from here.',
  home: 'Home',
  live: 'Live now',
}
