/** Which tests run in one process, which beside which, and in what order. */
import { dirname } from 'node:path'

/**
 * `units` work all the time; `browsers` wait more than they work, and `phones` do little but wait. `listening` is one at a time, beside what is
 * `idle`: that only computes, by no clock, and has what nobody else wants. `alone` have nothing beside them.
 */
export type Lane = 'units' | 'browsers' | 'phones' | 'listening' | 'idle' | 'alone'

/** Several files are run in one process. A patient job measures no time and leaves the cores to whoever wants them. */
export type Job = { lane: Lane; files: string[]; isPatient: boolean }

/** So many houses at most are open in one process: each file of `src/http` opens its own before the first test. */
const maxShared = 12

/** They hold what they hear to hundredths of a second, or send to the ports around their own. */
const isAlone = /\/(?:bay|(?:shift|sound)\.e2e)\.test\.ts$/

/** They hold it to tenths, or a tone to its purity through the death of a thread, or what a crash may take: what is idle costs them some thousandths. */
const isListening = /\/(?:(?:calls|predictive|media-death|crash)\.e2e|moves)\.test\.ts$/

/** They start browsers, phones and whole call centres, and wait for them far more than they work. */
const isAwaiting = /\.(?:e2e|sipp)\.test\.ts$/

/** In the path of a test that starts whole programs, or in the text of one that starts a browser: never more than two of them at once. */
const isWhole = /^(?:scripts|bench)\//
const hasBrowser = /chromium|firefox|\bstage\.page\(|\/browser-day\.ts/i

/** Of these nothing waits for a time to come, and nothing is waited for. */
const isIdle = /^src\/(?:http\/any-form|sim\/(?!day\/rehearsals)|centre\/)/

/**
 * What another file of the same process would feel, or what would feel the others: the process's own state, a hook before each test, a
 * measured time or heap, a child, a port.
 */
const needsItsOwnProcess = new RegExp(
  [
    /\bprocess\.(?:chdir|env|getuid|exit|exitCode|on|once|umask|memoryUsage|cpuUsage|resourceUsage|hrtime)\b/,
    /\bmock\b|\bglobalThis\b|^(?:before|after)Each\(/,
    /\bperformance\.now\b|\bheapUsed\b|\bmonitorEventLoopDelay\b|\bDate\.now\b/,
    /\bspawn(?:Sync)?\(|\bfork\(|\bexecFile(?:Sync)?\(|\bcreateSocket\(|\bfreePorts?\(|\/e2e\//,
  ]
    .map(({ source }) => source)
    .join('|'),
  'm',
)

/** Their timers are real, and what they wait for comes from other threads. */
const isPressed = /^src\/(?:rtp|phone|webrtc|hear)\//

/** In this order before all others, so that no core waits for the last of them. Each by itself. */
const longest = [
  ...['web/accessibility.test.ts', 'web/accessibility-admin.test.ts', 'src/records/import/imports.test.ts'],
  'src/http/any-form.test.ts',
  ...['src/sim/day/rehearsals.test.ts', 'src/sim/chaos/world.test.ts', 'src/cli/simulate-day.test.ts'],
  ...['src/e2e/bad-input.e2e.test.ts', 'scripts/demo.e2e.test.ts', 'src/e2e/campaign.e2e.test.ts'],
  ...['src/e2e/recordings-disk.e2e.test.ts', 'src/e2e/closing.e2e.test.ts'],
  ...['scripts/executable.e2e.test.ts', 'src/e2e/menu.e2e.test.ts', 'src/e2e/browser-panel.e2e.test.ts'],
  ...['bench/soak.e2e.test.ts', 'src/e2e/firefox.e2e.test.ts'],
  ...['src/e2e/custody-crash.e2e.test.ts', 'src/e2e/try-out.e2e.test.ts', 'src/e2e/trunk-check.e2e.test.ts'],
  ...['src/e2e/notice.e2e.test.ts', 'src/e2e/browser-audio.e2e.test.ts', 'src/e2e/network-cut.e2e.test.ts'],
  ...['src/e2e/nat.e2e.test.ts', 'src/e2e/lossy.e2e.test.ts'],
]

/** `files` in any order, each once; `textOf` reads one. Answers the jobs in the order in which they are to begin. */
export function planOf(files: string[], textOf: (file: string) => string): Job[] {
  const [alone, rest] = split(inOrder(files), file => isAlone.test(file))
  const [listening, others] = split(rest, file => isListening.test(file))
  const [awaiting, units] = split(others, file => isAwaiting.test(file))
  const [browsers, phones] = split(awaiting, file => isWhole.test(file) || hasBrowser.test(textOf(file)))
  const [single, shared] = split(units, file => longest.includes(file) || needsItsOwnProcess.test(textOf(file)))
  const unit = (files: string[], isPatient: boolean): Job => ({
    ...{ lane: isPatient && isIdle.test(files[0]!) ? 'idle' : 'units', files, isPatient },
  })
  const apart = (lane: Lane) => (file: string) => ({ lane, files: [file], isPatient: false })
  return [
    ...single.map(file => unit([file], longest.includes(file))),
    ...sharedOut(shared).map(files => unit(files, !isPressed.test(files[0]!))),
    ...browsers.map(apart('browsers')),
    ...phones.map(apart('phones')),
    ...listening.map(apart('listening')),
    ...alone.map(apart('alone')),
  ]
}

function split(files: string[], isFirst: (file: string) => boolean): [string[], string[]] {
  return [files.filter(isFirst), files.filter(file => !isFirst(file))]
}

function inOrder(files: string[]): string[] {
  const rest = files.filter(file => !longest.includes(file)).sort()
  return [...longest.filter(file => files.includes(file)), ...rest]
}

/** Neighbours share: the files of a folder load the same modules. */
function sharedOut(files: string[]): string[][] {
  const depth = (file: string) => (file.startsWith('src/http/') ? 3 : 2)
  const folders = Map.groupBy(files, file => dirname(file).split('/').slice(0, depth(file)).join('/'))
  return [...folders.values()].flatMap(of => {
    const size = Math.ceil(of.length / Math.ceil(of.length / maxShared))
    return Array.from({ length: Math.ceil(of.length / size) }, (_, at) => of.slice(at * size, (at + 1) * size))
  })
}
