export const texts = {
  share: 'Share',
  copy: 'Copy',
  copied: 'Copied',
  linkCopied: 'Link copied',
  copyByHand: 'Copy this:',
}
