import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { wholeServer } from '../../../test/support/whole-server.ts'

type Schema = { $ref?: string }
type Operation = {
  tags?: string[]
  summary?: string
  parameters?: { in: string; name: string; required?: boolean; schema?: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>
  security?: Record<string, string[]>[]
}
type Document = {
  openapi: string
  info: { title: string; version: string }
  tags: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { securitySchemes: Record<string, object> }
}

let document: Document
let routes: readonly { method: string; url: string; isHidden: boolean }[]
before(async () => {
  const server = await wholeServer({ open: false }) // which has the most routes
  routes = server.routes
  document = (await server.fastify.inject('/openapi.json')).json()
})
const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation })),
  )
const operationAt = (method: string, path: string) => document.paths[path]?.[method]

describe('/openapi.json', () => {
  test('[API1] it is OpenAPI 3.1 and describes every route that is meant for clients', () => {
    assert.equal(document.openapi, '3.1.0')
    const missing = routes
      .filter(({ isHidden }) => !isHidden)
      .filter(({ method, url }) => !operationAt(method, url.replaceAll(/:(\w+)/g, '{$1}')))
    assert.deepEqual(missing, [])
    assert.ok(operations().length >= 25)
  })

  test('[API2] only pages, preflights and what stands for another route are left out', () => {
    const hidden = routes.filter(({ isHidden }) => isHidden).map(({ method, url }) => `${method} ${url}`)
    const allowed =
      /^(options .*|get \/(|admin\/|admin\/:tab\/|broadcast\/|view\/:id\/|library\/|library\/:kind\/:id\/|setup\/|sign-in\/|reset\/|invitation\/|register\/|account\/|embed\/:id|favicon\.svg|openapi\.json|docs.*|assets.*)|get \/(whip|whep)\/.*|\w+ \/(start|stop)_broadcast\/)$/
    assert.deepEqual(
      hidden.filter((route) => !allowed.test(route)),
      [],
    )
  })

  test('[API3] each operation has a summary, a known tag, its path parameters and its answers', () => {
    const tags = new Set(document.tags.map(({ name }) => name))
    for (const { name, path, operation } of operations()) {
      assert.ok(operation.summary, `${name} has no summary`)
      assert.equal(operation.tags?.length, 1, name)
      assert.ok(tags.has(operation.tags[0] ?? ''), `${name}: ${operation.tags.join()}`)
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
      assert.deepEqual(
        inPath.map((parameter) => `{${parameter.name}}`),
        path.match(/\{\w+\}/g) ?? [],
        name,
      )
      for (const parameter of inPath) assert.equal(parameter.required, true, name)
      const codes = Object.keys(operation.responses)
      assert.ok(
        codes.some((code) => code.startsWith('2')) && codes.includes('default'),
        `${name}: ${codes.join()}`,
      )
      for (const [code, { description }] of Object.entries(operation.responses))
        assert.ok(description && description !== 'Default Response', `${name} ${code}`)
      for (const right of (operation.security ?? []).flatMap((alternative) => Object.keys(alternative)))
        assert.ok(right in document.components.securitySchemes, name)
    }
  })

  test('[API4] every reference leads somewhere, and every body and answer has a schema', () => {
    for (const [, reference = ''] of JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)) {
      let found: unknown = document
      for (const step of reference.split('/').slice(1)) found = (found as Record<string, unknown>)[step]
      assert.ok(found, reference)
    }
    for (const { name, operation } of operations())
      for (const { content = {} } of [operation.requestBody ?? {}, ...Object.values(operation.responses)])
        for (const [type, media] of Object.entries(content)) {
          assert.match(type, /^[a-z]+\/[a-z0-9.+-]+$/, name)
          assert.equal(typeof media.schema, 'object', `${name} ${type}`)
        }
  })

  test('[API5] doors that do not speak JSON say what they take and give', () => {
    for (const door of ['whip', 'whep']) {
      const post = operationAt('post', `/${door}/{id}`)
      assert.deepEqual(Object.keys(post?.requestBody?.content ?? {}), ['application/sdp'])
      assert.deepEqual(Object.keys(post?.responses['201']?.content ?? {}), ['application/sdp'])
    }
    const thumbnail = operationAt('put', '/api/broadcasts/{id}/thumbnail')
    assert.deepEqual(Object.keys(thumbnail?.requestBody?.content ?? {}), ['image/jpeg'])
    const problem = operationAt('post', '/api/broadcasts')?.responses['default']
    assert.deepEqual(Object.keys(problem?.content ?? {}), ['application/problem+json'])
  })
})
