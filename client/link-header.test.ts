import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { iceServersIn, parseLinks } from './link-header.ts'

const BASE = 'https://live.example/whep/a'

describe('parseLinks', () => {
  test('[CL50] several values of one header are told apart, with commas and quotes inside', () => {
    const links = parseLinks(
      String.raw`</sse>; rel="events"; events="a,b", <layer?x=1,2>;rel=layer;title="say \"hi\", there"`,
      BASE,
    )

    assert.deepEqual(links, [
      { url: 'https://live.example/sse', rel: 'events', parameters: { rel: 'events', events: 'a,b' } },
      {
        url: 'https://live.example/whep/layer?x=1,2',
        rel: 'layer',
        parameters: { rel: 'layer', title: 'say "hi", there' },
      },
    ])
  })

  test('[CL50] what can not be understood is left out', () => {
    assert.deepEqual(parseLinks(null, BASE), [])
    assert.deepEqual(parseLinks('nonsense, <http://[>; rel=x', BASE), [])
    assert.deepEqual(
      parseLinks('<ok>; flag; REL=x; rel=y', BASE).map(({ rel }) => rel),
      ['x'],
    )
  })

  test('[CL51] ICE servers keep their credentials', () => {
    const header =
      '<stun:stun.example>; rel="ice-server", ' +
      '<turn:turn.example?transport=udp>; rel="ice-server"; username="u:1"; credential="p=="; credential-type="password"'

    assert.deepEqual(iceServersIn(parseLinks(header, BASE)), [
      { urls: 'stun:stun.example' },
      { urls: 'turn:turn.example?transport=udp', username: 'u:1', credential: 'p==' },
    ])
  })
})
