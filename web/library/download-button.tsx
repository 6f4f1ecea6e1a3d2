import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { LibraryItem } from '../../client/index.ts'
import { onServer } from '../server-address.ts'
import { downloadName } from './download-name.ts'
import { texts } from './texts.ts'

/** The whole of it as one file. */
export function DownloadButton({ item }: { item: LibraryItem }) {
  return (
    <Button
      component="a"
      variant="default"
      href={onServer(`.${item.download}`).href}
      download={downloadName(item)}
      leftSection={<IconDownload size={18} />}
    >
      {texts.download}
    </Button>
  )
}
