import './upload-list.css'
import { ActionIcon, Button } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconX,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { clockText } from '../../figures.ts'
import { sizeText } from '../size-text.ts'
import { uploads, useUploads } from './page-uploads.ts'
import { texts } from './texts.ts'
import type { UploadRow } from './upload-queue.ts'

/** What is being uploaded, with a bar for each; nothing when there is nothing. */
export function UploadList() {
  const rows = useUploads()
  if (rows.length === 0) return null
  return (
    <section className="uploads" aria-labelledby="uploads">
      <div className="uploads-head">
        <h2 id="uploads" className="uploads-title">
          {texts.title}
        </h2>
        {rows.some(({ state, isRefused }) => state === 'done' || isRefused) && (
          <Button variant="subtle" color="gray" c="inherit" size="compact-sm" onClick={() => uploads.clear()}>
            {texts.clear}
          </Button>
        )}
      </div>
      <ul className="uploads-list">
        {rows.map((row) => (
          <UploadItem key={row.key} row={row} />
        ))}
      </ul>
    </section>
  )
}

function UploadItem({ row }: { row: UploadRow }) {
  const { key, name, size, sent, state, item, isRefused } = row
  return (
    <li className="upload" data-state={state}>
      <span className="upload-icon" aria-hidden="true">
        {state === 'done' && <IconCircleCheck size={20} />}
        {state === 'failed' && <IconAlertTriangle size={20} />}
      </span>
      <span className="upload-name" title={name}>
        {name}
      </span>
      <span className="upload-actions">
        {state === 'done' && item !== undefined && (
          <Link to="/library/$kind/$id/" params={{ kind: 'file', id: item }} className="upload-watch">
            {texts.watch}
          </Link>
        )}
        {(state === 'running' || state === 'waiting') && (
          <Action label={texts.pause(name)} onClick={() => uploads.pause(key)} icon={IconPlayerPause} />
        )}
        {state === 'paused' && (
          <Action label={texts.resume(name)} onClick={() => uploads.resume(key)} icon={IconPlayerPlay} />
        )}
        {state === 'failed' && !isRefused && (
          <Action label={texts.retry(name)} onClick={() => uploads.resume(key)} icon={IconRefresh} />
        )}
        <Action
          label={state === 'done' || isRefused ? texts.dismiss(name) : texts.cancel(name)}
          onClick={() => uploads.remove(key)}
          icon={IconX}
        />
      </span>
      {!isRefused && (
        <progress
          className="upload-bar"
          max={Math.max(1, size)}
          value={sent}
          aria-label={texts.progress(name)}
        />
      )}
      <span className="upload-state" role={state === 'failed' ? 'alert' : undefined}>
        {stateText(row)}
      </span>
    </li>
  )
}

function Action({ label, onClick, icon: Icon }: { label: string; onClick: () => void; icon: typeof IconX }) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      c="inherit"
      size={40}
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <Icon size={20} />
    </ActionIcon>
  )
}

function stateText({ state, sent, size, rate, problem }: UploadRow): string {
  if (problem !== undefined) return problem
  if (state === 'done') return `${texts.states.done} · ${sizeText(size)}`
  const parts = [
    state === 'running' ? undefined : texts.states[state],
    texts.sent(sizeText(sent), sizeText(size)),
  ]
  if (state === 'running' && rate !== undefined && rate > 0)
    parts.push(`${sizeText(rate)}/s`, texts.left(clockText(((size - sent) / rate) * 1000)))
  return parts.filter((part) => part !== undefined).join(' · ')
}
