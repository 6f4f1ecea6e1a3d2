import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type Cell, csvText } from './csv-text.ts'
import { texts } from './tab-texts.ts'

const MOST_PAGES = 500

type Page<Row> = { items: Row[]; total: number; pageSize: number }

/** All that matches as a file, read page by page. */
export function ExportButton<Row>({
  name,
  read,
  columns,
}: {
  /** Of the file, without its ending. */
  name: string
  read: (page: number) => Promise<Page<Row>>
  columns: Readonly<Record<string, (row: Row) => Cell>>
}) {
  const exporting = useMutation({
    mutationFn: async () => {
      const rows: Row[] = []
      for (let page = 1; page <= MOST_PAGES; page++) {
        const { items, total, pageSize } = await read(page)
        rows.push(...items)
        if (page * pageSize >= total) break
      }
      const cells = rows.map((row) => Object.values(columns).map((cell) => cell(row)))
      save(`${name}.csv`, csvText(Object.keys(columns), cells))
    },
  })
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} />}
      aria-label={texts.exportCsv}
      loading={exporting.isPending}
      onClick={() => exporting.mutate()}
    >
      {exporting.isError ? texts.exportFailed : 'CSV'}
    </Button>
  )
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  URL.revokeObjectURL(url)
}
