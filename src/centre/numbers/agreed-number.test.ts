import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallbackId } from '../../lib/ids.ts'
import type { BufferedLead } from '../entities.ts'
import { alice, campaign, leadOf, TestFloor } from '../testing.ts'

const own = '+8613800000001'
const other = '+8613800000002'
const guarantor = '+8613800000003'
/** Half past ten in the evening in Shanghai. */
const evening = Date.UTC(2026, 10, 24, 14, 30)

/** A time was agreed on for `own`, and that number may not be called any more. */
function agreedOn(station: 'browser' | 'phone-rung', barred: string[]): TestFloor {
  const floor = new TestFloor({
    at: evening,
    station,
    campaign: { business: 'collections', policy: 'CN-GBT45251-2025', reserved: station === 'phone-rung' },
    setup: { suppressed: barred.map(number => ({ number, until: null })) },
  })
  floor.ready(alice)
  const lead: BufferedLead = {
    ...leadOf('le_0', own),
    phones: [
      { number: own, relation: 'SELF' },
      { number: other, relation: 'SELF' },
      { number: guarantor, relation: 'GUARANTOR' },
    ],
    callback: 'cb_1' as CallbackId,
    callbackNumber: own,
    agreedAt: evening,
  }
  floor.do({ type: 'leads.loaded', campaign, leads: [lead], exhausted: true })
  return floor
}

test('a time that was agreed on opens the night for the number it was agreed on, and for no other of the lead', () => {
  for (const station of ['browser', 'phone-rung'] as const) {
    const asAgreed = agreedOn(station, [])
    // A rung desk phone is picked up first, and the gate is asked again then.
    if (station === 'phone-rung') asAgreed.do({ type: 'leg.answered', leg: asAgreed.lastEffect('phone.ring').leg })
    assert.equal(asAgreed.last('call.dialed').number, own, station)
    const barred = agreedOn(station, [own])
    assert.equal(barred.count('call.dialed') + barred.count('agent.rung'), 0, station)
  }
})
