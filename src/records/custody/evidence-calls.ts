/** Whether calls.json and calls.csv say what the journal says: neither is sealed itself, and people read them before they hear anything. */
import type { JournalLine } from '../../store/journal/chain.ts'
import { callsCsv, type EvidenceCall } from './evidence-texts.ts'

export const callsName = 'calls.json'
export const csvName = 'calls.csv'

/** One call of calls.json, as far as it is read here. */
type Told = Record<string, unknown> & { id: string; recordings: ToldRecording[] }
type ToldRecording = Record<string, unknown> & { id: string; file: string }
type Fact = Record<string, unknown> & { type: string }

/**
 * `files`: all names in the zip. `lines`: those of the proof. Adds a sentence to `faults` for each thing that is not as journaled, and answers
 * the recordings that were sealed and are said to be missing: a loss that is told, no fault.
 */
export function checkCalls(
  { json, csv, files }: { json: string | undefined; csv: string | undefined; files: ReadonlySet<string> },
  lines: readonly JournalLine[],
  faults: string[],
): string[] {
  const told = json === undefined ? null : readCalls(json)
  if (told === null) {
    faults.push(`${callsName} is not there, or is no list of calls.`)
    return []
  }
  const journaled = factsByCall(lines)
  const missing: string[] = []
  for (const call of told) {
    const facts = journaled.get(call.id)
    journaled.delete(call.id)
    const expected = facts && callOf(facts)
    if (!expected) faults.push(`${callsName} tells of the call ${call.id}, and the journal's lines do not.`)
    else compare(`the call ${call.id}`, expected, call, faults)
    if (facts) checkRecordings(call, facts, files, faults, missing)
  }
  for (const [id, facts] of journaled)
    if (callOf(facts)) faults.push(`The journal's lines tell of the call ${id}, and ${callsName} does not.`)
  checkCount(told.length, lines, faults)
  if (csv === undefined || csv !== csvOf(told)) faults.push(`${csvName} does not say the same as ${callsName}.`)
  return missing
}

function readCalls(text: string): Told[] | null {
  const calls = parsed(text)
  if (!Array.isArray(calls)) return null
  const good = calls.every(
    call =>
      typeof call?.id === 'string' &&
      Array.isArray(call.recordings) &&
      call.recordings.every((one: ToldRecording) => typeof one?.id === 'string' && typeof one.file === 'string'),
  )
  return good ? (calls as Told[]) : null
}

function factsByCall(lines: readonly JournalLine[]): Map<string, { at: number; fact: Fact }[]> {
  const calls = new Map<string, { at: number; fact: Fact }[]>()
  for (const { at, body } of lines) {
    const fact = parsed(body) as Fact | null
    if (typeof fact?.['call'] !== 'string') continue
    const facts = calls.get(fact['call'])
    if (facts) facts.push({ at, fact })
    else calls.set(fact['call'], [{ at, fact }])
  }
  return calls
}

/** What the lines come to; null when they do not say how the call began. Mirrors the store's projection of the same facts. */
function callOf(facts: readonly { at: number; fact: Fact }[]): Record<string, unknown> | null {
  let call: Record<string, unknown> | null = null
  const open = { answeredAt: null, connectedAt: null, endedAt: null, ending: null, disposition: null, note: null }
  for (const { at, fact } of facts) {
    if (fact.type === 'call.dialed') {
      const { number, callerId, name, party, campaign } = fact
      call ??= { ...open, direction: 'out', number, ourNumber: callerId, name, party, campaign, startedAt: at }
    } else if (fact.type === 'call.offered') {
      const { from: number, to: ourNumber, diverted } = fact
      call ??= { ...open, direction: 'in', number, ourNumber, diverted, startedAt: at }
    }
    if (call === null) continue
    if (fact.type === 'call.answered') call['answeredAt'] ??= at
    else if (fact.type === 'call.connected') {
      call['connectedAt'] ??= at
      call['agent'] = fact['agent']
    } else if (fact.type === 'call.ended' && call['endedAt'] === null) {
      call['endedAt'] = at
      call['ending'] = fact['ending']
    } else if (fact.type === 'call.disposed') {
      call['disposition'] = fact['code']
      call['note'] = fact['note']
    }
  }
  return call
}

function checkRecordings(
  call: Told,
  facts: readonly { fact: Fact }[],
  files: ReadonlySet<string>,
  faults: string[],
  missing: string[],
): void {
  for (const { fact } of facts) {
    if (fact.type !== 'recording.sealed') continue
    const { recording, sha256, bytes } = fact
    const told = call.recordings.find(each => each.id === recording)
    if (!told) {
      faults.push(`The recording ${recording} of the call ${call.id} was sealed, and ${callsName} does not name it.`)
      continue
    }
    // Who took a misfit for it is said with it, and of no other.
    compare(`the recording ${told.id}`, { sha256, bytes, accepted: fact['accepted'] }, told, faults)
    if (told.file === 'missing') missing.push(told.id)
  }
  for (const { fact } of facts) {
    if (fact.type !== 'recording.derived') continue
    const told = call.recordings.find(each => each.id === fact['recording'])
    const { sha256, bytes } = fact
    if (told) compare(`the recording ${told.id}`, { derived: { sha256, bytes } }, told, faults)
  }
  for (const { id, file } of call.recordings)
    if (file !== 'missing' && !files.has(file)) faults.push(`${file}, the recording ${id}, is not in the zip.`)
}

/** An export never holds fewer calls than were asked for: they are counted in the journal before it is made. */
function checkCount(told: number, lines: readonly JournalLine[], faults: string[]): void {
  const requests = lines.filter(line => line.type === 'export.requested')
  const asked = (parsed(requests[0]?.body ?? '') as Fact | null)?.['calls']
  if (requests.length !== 1 || typeof asked !== 'number')
    faults.push('The journal’s line of who asked for this export, and for how many calls, is not there.')
  else if (told < asked) faults.push(`${asked} calls were asked for, and ${callsName} tells of ${told}.`)
}

function compare(what: string, expected: Record<string, unknown>, told: object, faults: string[]): void {
  for (const [key, value] of Object.entries(expected)) {
    const [journaled, found] = [written(value), written((told as Record<string, unknown>)[key])]
    if (journaled !== found)
      faults.push(
        `${callsName} says of ${what} that its ${key} is ${found.slice(0, 120)}; the journal says ${journaled.slice(0, 120)}.`,
      )
  }
}

/** JSON with its keys in order, so that equal values read alike. */
function written(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

function csvOf(told: Told[]): string | null {
  try {
    return callsCsv(
      told.map(({ recordings, ...call }) => ({
        call,
        recordings: recordings.map(({ file, ...recording }) => ({
          recording,
          file: file === 'missing' ? null : file,
          forms: [],
        })),
      })) as unknown as EvidenceCall[],
    )
  } catch {
    return null
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
