import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Wants } from '../hear/heard.ts'
import type { CallId, LegId } from '../lib/ids.ts'
import type { Bay } from '../rtp/bay.ts'
import { Hearing } from './hearing.ts'

const leg = 'leg_1' as LegId
const call = 'c_1' as CallId

function listened() {
  const asked: (string | null)[] = []
  const posted: string[] = []
  const named = (wants: Wants | null) =>
    wants && (['carrier', 'answerer', 'fax', 'digits'] as const).filter(each => wants[each]).join(' ')
  const bay = { listen: (_: LegId, wants: Wants | null) => void asked.push(named(wants)) } as unknown as Bay
  const hearing = new Hearing({ bay, post: ({ type }) => void posted.push(type), key: () => undefined })
  const done = () => hearing.take({ type: 'leg.heard', leg, heard: { type: 'listened' } })
  const hear = (what: 'carrier' | 'answerer' | 'fax') =>
    hearing.perform({ type: 'media.hear', leg, call, what, place: '86' })
  return { hearing, asked, posted, done, hear }
}

test('a fax is listened for beside who answers, and nobody listens on when that is done', () => {
  const { asked, posted, done, hear } = listened()
  hear('carrier')
  hear('answerer')
  done()
  assert.deepEqual(asked, ['carrier', 'answerer fax', null])
  assert.deepEqual(posted, [])
})

test('keys that come as tones are heard on when no fax is listened for any more', () => {
  const { hearing, asked, done, hear } = listened()
  hear('fax')
  hearing.inBand(leg, true)
  done()
  assert.deepEqual(asked, ['fax', 'fax digits', 'digits'])
})

test('what was told of a leg that is closed begins nothing', () => {
  const { hearing, asked, done, hear } = listened()
  hear('fax')
  hearing.closed(leg)
  done()
  assert.deepEqual(asked, ['fax'])
})
