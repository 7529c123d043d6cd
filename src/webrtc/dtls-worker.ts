/** Entry of the DTLS thread: `workerData` is a DtlsIdentity, `parentPort` carries DtlsRequests in and DtlsReplies out. */
import { parentPort, workerData } from 'node:worker_threads'
import { must } from '../lib/assert.ts'
import { systemClock } from '../lib/clock.ts'
import { sayUp } from '../lib/up.ts'
import { DtlsContext, type DtlsIdentity } from './dtls.ts'
import { type DtlsRequest, DtlsThread } from './dtls-thread.ts'

const port = must(parentPort, 'the DTLS thread has a parent')
const thread = new DtlsThread(new DtlsContext(workerData as DtlsIdentity), reply => port.postMessage(reply))
let timer: NodeJS.Timeout | undefined

sayUp(port)
port.on('message', (request: DtlsRequest) => {
  thread.handle(request, systemClock.monotonic())
  schedule()
})

function schedule(): void {
  clearTimeout(timer)
  const deadlineAt = thread.deadlineAt()
  if (deadlineAt === Number.POSITIVE_INFINITY) return
  timer = setTimeout(expire, Math.max(1, deadlineAt - systemClock.monotonic()))
}

function expire(): void {
  thread.tick(systemClock.monotonic())
  schedule()
}
