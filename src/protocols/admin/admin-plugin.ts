import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { administratorsOnly } from '../assert-administers.ts'
import type { Doorkeeper } from '../../core/doorkeeper.ts'
import { type Sample, SAMPLE_STEP, type Samples } from '../../core/samples.ts'

type SettingFacts = Omit<Static<typeof SettingView>, 'choices'> & { readonly choices: readonly string[] }

/** What is known of the server itself. */
export type AdminFacts = {
  readonly samples: Pick<Samples, 'latest' | 'over'>
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly processors: number
  /** Bytes that the machine has. */
  readonly memoryTotal: number
  /** Bytes of the disk with the data; rejects when it cannot be asked. */
  disk(): Promise<{ readonly free: number; readonly total: number }>
  workers(): readonly Static<typeof WorkerView>[]
  settings(): readonly SettingFacts[]
  /** All of it or nothing; null takes a change back. */
  changeSettings(wishes: Readonly<Record<string, unknown>>): Promise<void>
  examine(): Promise<readonly Static<typeof Finding>[]>
}

export type AdminPluginOptions = {
  facts: AdminFacts
  doorkeeper: Pick<Doorkeeper, 'assertMay'>
}

const Moment = Type.String({ format: 'date-time' })
const load = {
  live: Type.Integer({ description: 'Broadcasts on air' }),
  viewers: Type.Integer(),
  bitrateIn: Type.Number({ description: 'bits per second' }),
  bitrateOut: Type.Number({ description: 'bits per second' }),
  processor: Type.Number({ description: 'Processors in use: 1 is one of them, all the time' }),
  memory: Type.Number({ description: 'bytes' }),
  loopLag: Type.Number({ description: 'seconds; the worst of all processes' }),
}
const WorkerView = Type.Object({
  id: Type.String(),
  pid: Type.Integer(),
  sessions: Type.Integer(),
  memory: Type.Number({ description: 'bytes' }),
  loopLag: Type.Number({ description: 'seconds' }),
})
const SettingView = Type.Object({
  key: Type.String(),
  variable: Type.String({ description: 'Its environment variable' }),
  description: Type.String(),
  value: Type.String({ description: 'JSON; a secret is "(set)" or ""' }),
  origin: Type.String({
    description: 'command line, environment, file, saved (by an administrator) or default',
  }),
  change: Type.Union([Type.Literal('now'), Type.Literal('locked'), Type.Literal('restart')], {
    description:
      'now: it can be changed here; locked: it could, but was given at the start; restart: it is read at the start',
  }),
  fallback: Type.String({ description: 'JSON; what holds when nobody changed it here' }),
  type: Type.String({ description: 'boolean, integer, choice, list or text' }),
  choices: Type.Array(Type.String(), { description: 'of a choice or a list' }),
  minimum: Type.Optional(Type.Number()),
  maximum: Type.Optional(Type.Number()),
})
const Settings = Type.Object({ items: Type.Array(SettingView) })
/** As JSON has them; which of them fit which setting the schema of the settings says. */
const Wish = Type.Union([
  Type.Boolean(),
  Type.Integer(),
  Type.String({ maxLength: 1000 }),
  Type.Array(Type.String({ maxLength: 1000 }), { maxItems: 100 }),
  Type.Null(),
])
const Finding = Type.Object({
  ok: Type.Boolean(),
  what: Type.String(),
  cure: Type.Optional(Type.String()),
})
const tags = ['Administration']

/** `/api/admin/…`: how the server is and what it was told. */
export async function adminPlugin(
  instance: FastifyInstance,
  { facts, doorkeeper }: AdminPluginOptions,
): Promise<void> {
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()
  administratorsOnly(instance, { doorkeeper })

  fastify.get(
    '/api/admin/overview',
    {
      schema: {
        tags,
        summary: 'How the server is now',
        response: {
          200: Type.Object({
            ...load,
            at: Moment,
            version: Type.String(),
            startedAt: Moment,
            processors: Type.Integer({ description: 'Processors of the machine' }),
            memoryTotal: Type.Number({ description: 'Bytes of the machine' }),
            disk: Type.Union([Type.Object({ free: Type.Number(), total: Type.Number() }), Type.Null()], {
              description: 'Bytes, where the data lies; null where it cannot be told',
            }),
            workers: Type.Array(WorkerView),
          }),
        },
      },
    },
    async () => {
      const { version, startedAt, processors, memoryTotal } = facts
      return {
        ...sampleView(facts.samples.latest()),
        ...{ version, processors, memoryTotal },
        startedAt: new Date(startedAt).toISOString(),
        disk: await facts.disk().catch(() => null),
        workers: [...facts.workers()],
      }
    },
  )

  fastify.get(
    '/api/admin/samples',
    {
      schema: {
        tags,
        summary: 'How the server was over the last hour or day, oldest first',
        querystring: Type.Object({
          span: Type.Union([Type.Literal('hour'), Type.Literal('day')], { default: 'hour' }),
        }),
        response: {
          200: Type.Object({
            step: Type.Integer({ description: 'seconds from one to the next' }),
            items: Type.Array(Type.Object({ at: Moment, ...load })),
          }),
        },
      },
    },
    async ({ query: { span } }) => ({
      step: SAMPLE_STEP[span] / 1000,
      items: facts.samples.over(span).map(sampleView),
    }),
  )

  fastify.get(
    '/api/admin/settings',
    {
      schema: {
        tags,
        summary: 'Every setting, its value and where that comes from',
        response: { 200: Settings },
      },
    },
    async () => ({ items: settingViews(facts) }),
  )

  fastify.patch(
    '/api/admin/settings',
    {
      schema: {
        tags,
        summary: 'Change settings while the server runs; null takes a change back',
        body: Type.Record(Type.String({ maxLength: 64 }), Wish, { maxProperties: 100 }),
        response: { 200: Settings },
      },
    },
    async ({ body }) => {
      await facts.changeSettings(body)
      return { items: settingViews(facts) }
    },
  )

  fastify.get(
    '/api/admin/doctor',
    {
      schema: {
        tags,
        summary: 'Looks at what a running server needs, and says what to change',
        response: { 200: Type.Object({ items: Type.Array(Finding) }) },
      },
    },
    async () => ({ items: [...(await facts.examine())] }),
  )
}

function settingViews(facts: AdminFacts): Static<typeof SettingView>[] {
  return facts.settings().map((setting) => ({ ...setting, choices: [...setting.choices] }))
}

function sampleView(sample: Sample) {
  return { ...sample, at: new Date(sample.at).toISOString() }
}
