import { NativeSelect, Switch, TextInput } from '@mantine/core'
import { FramesFields } from './frames-fields.tsx'
import type { BroadcastPlan } from './broadcast-plan.ts'
import { texts } from './texts.ts'

const CODECS = ['automatic', 'H264', 'VP8', 'VP9', 'AV1'] as const
const WAYS = ['automatic', 'webrtc', 'frames'] as const
const MAX_TITLE = 200

/** Title and audience; what few people change is folded away. */
export function PlanFields({
  plan,
  onChange,
}: {
  plan: BroadcastPlan
  onChange: (changes: Partial<BroadcastPlan>) => void
}) {
  return (
    <>
      <TextInput
        label={texts.name}
        placeholder={texts.namePlaceholder}
        size="md"
        maxLength={MAX_TITLE}
        value={plan.title}
        onChange={(event) => onChange({ title: event.target.value })}
      />
      <NativeSelect
        label={texts.audience}
        size="md"
        value={plan.visibility}
        data={[
          { value: 'public', label: texts.everybody },
          { value: 'unlisted', label: texts.linkOnly },
          { value: 'private', label: texts.invitedOnly },
        ]}
        onChange={(event) => onChange({ visibility: event.target.value as BroadcastPlan['visibility'] })}
      />
    </>
  )
}

/** Delivery and encoding. */
export function AdvancedFields({
  plan,
  onChange,
}: {
  plan: BroadcastPlan
  onChange: (changes: Partial<BroadcastPlan>) => void
}) {
  return (
    <details className="studio-fold">
      <summary>{texts.advanced}</summary>
      <div className="studio-fields">
        <NativeSelect
          label={texts.delivery}
          size="md"
          value={plan.delivery}
          data={[
            { value: 'sfu', label: texts.throughServer },
            { value: 'p2p', label: texts.peerToPeer },
          ]}
          onChange={(event) => onChange({ delivery: event.target.value === 'p2p' ? 'p2p' : 'sfu' })}
        />
        <NativeSelect
          label={texts.way}
          size="md"
          disabled={plan.delivery === 'p2p'}
          value={plan.way}
          data={WAYS.map((value) => ({ value, label: texts.ways[value] }))}
          onChange={(event) =>
            onChange({ way: WAYS.find((way) => way === event.target.value) ?? 'automatic' })
          }
        />
        {plan.way === 'frames' && plan.delivery === 'sfu' ? (
          <FramesFields wish={plan.frames} onChange={(frames) => onChange({ frames })} />
        ) : (
          <VideoFields plan={plan} onChange={onChange} />
        )}
      </div>
    </details>
  )
}

function VideoFields({
  plan,
  onChange,
}: {
  plan: BroadcastPlan
  onChange: (changes: Partial<BroadcastPlan>) => void
}) {
  return (
    <>
      <NativeSelect
        label={texts.quality}
        size="md"
        value={String(plan.maxBitrate)}
        data={Object.entries(texts.qualities).map(([value, label]) => ({ value, label }))}
        onChange={(event) => onChange({ maxBitrate: Number(event.target.value) })}
      />
      <NativeSelect
        label={texts.codec}
        size="md"
        value={plan.codec}
        data={CODECS.map((value) => ({ value, label: value === 'automatic' ? texts.automatic : value }))}
        onChange={(event) =>
          onChange({ codec: CODECS.find((codec) => codec === event.target.value) ?? 'automatic' })
        }
      />
      <Switch
        label={texts.simulcast}
        description={texts.simulcastHint}
        size="md"
        disabled={plan.delivery === 'p2p'}
        checked={plan.simulcast && plan.delivery === 'sfu'}
        onChange={(event) => onChange({ simulcast: event.target.checked })}
      />
    </>
  )
}
