export const texts = {
  share: 'Share',
  shareLink: 'Share link',
  copy: 'Copy',
  copied: 'Copied',
  linkCopied: 'Link copied',
}
