import './upload-button.css'
import { Button } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { useRef } from 'react'
import type { LibraryPage } from '../../../client/index.ts'
import { uploads } from './page-uploads.ts'
import { texts } from './texts.ts'
import { uploadRefusal } from './upload-refusal.ts'
import { useDroppedFiles } from './use-dropped-files.ts'

/** Chooses files; they may as well be dropped anywhere on the page. */
export function UploadButton({ rules }: { rules: LibraryPage['uploads'] }) {
  const input = useRef<HTMLInputElement>(null)
  const add = (files: Iterable<File>) => uploads.add(files, (file) => uploadRefusal(file, rules))
  const isOver = useDroppedFiles(add)
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={rules.extensions.map((extension) => `.${extension}`).join(',')}
        onChange={({ currentTarget }) => {
          add(currentTarget.files ?? [])
          currentTarget.value = '' // so that the same file may be chosen again
        }}
      />
      <Button leftSection={<IconUpload size={18} />} onClick={() => input.current?.click()}>
        {texts.upload}
      </Button>
      {isOver && (
        <div className="upload-drop">
          <p className="upload-drop-words">
            <IconUpload size={32} aria-hidden="true" />
            {texts.drop}
          </p>
        </div>
      )}
    </>
  )
}
