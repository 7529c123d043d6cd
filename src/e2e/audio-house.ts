/** The bay and the stations as the phone layer has them, one page, and a customer who is always patched to alice. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { LegId, UserId } from '../lib/ids.ts'
import { createLogger } from '../lib/log.ts'
import { asset } from '../lib/places.ts'
import { Browsers } from '../phone/browsers.ts'
import type { Bay } from '../rtp/bay.ts'
import { createBay } from '../rtp/create-bay.ts'
import { createDtlsIdentity } from '../webrtc/identity.ts'
import { offerAnswerer, restartAnswer } from '../webrtc/station.ts'
import { Cable } from './cable.ts'
import type { RtpPeer } from './rtp-peer.ts'

const alice = 'alice' as UserId
const customerLeg = 'customer' as LegId

export class AudioHouse {
  offers = 0
  /** Of ICE, on the leg that is there. */
  restarts = 0
  stationLeg: LegId | null = null
  readonly pageErrors: Error[] = []
  readonly bay: Bay
  readonly #browsers: Browsers
  readonly #cables: Cable[] = []
  #server!: Server
  #isCut = false
  #legs = 0

  private constructor(bay: Bay, fingerprint: string, at: { bay: string; cable: string; silenceMs?: number }) {
    this.bay = bay
    const answerOffer = offerAnswerer({ bay, fingerprint, addresses: [at.cable], silenceMs: at.silenceMs ?? 3000 })
    this.#browsers = new Browsers({
      answerOffer: async (leg, offer) => {
        const answer = await answerOffer(leg, offer)
        const port = Number(/^m=audio (\d+)/m.exec(answer.sdp)![1])
        const cable = await Cable.lay(at.cable, { address: at.bay, port })
        cable.isCut = this.#isCut
        this.#cables.push(cable)
        return answer
      },
      answerRestart: (leg, line, offer) => {
        this.restarts++
        const { sdp, credentials } = restartAnswer(line, offer, fingerprint)
        bay.restartIce(leg, credentials)
        return sdp
      },
      close: leg => bay.close(leg),
      newLegId: () => `station-${++this.#legs}` as LegId,
      post: input => {
        if (input.type !== 'station.up') return
        this.stationLeg = input.leg
        bay.patch(customerLeg, input.leg)
      },
      now: () => Date.now(),
      log: createLogger('error'),
    })
    bay.onEvent(event => this.#browsers.take(event))
  }

  /** Browsers reach the bay through a cable at another address, which can be pulled. */
  static async open(
    at: { bay: string; cable: string; silenceMs?: number } = { bay: '127.0.0.60', cable: '127.0.0.61' },
  ): Promise<AudioHouse> {
    const identity = await createDtlsIdentity(Date.now())
    const bay = await createBay({
      address: at.bay,
      ports: { from: 31_000, to: 31_200 },
      prompts: {},
      dtls: identity,
    })
    const house = new AudioHouse(bay, identity.fingerprint, at)
    house.#server = createServer((request, response) => {
      if (house.#isCut) return request.socket.destroy()
      if (request.url === '/agent/audio') return void house.#answer(request, response)
      const script = /^\/static\/(?:agent-)?audio(?:-[a-z]+)*\.js$/.test(request.url ?? '') ? request.url! : null
      response.setHeader('content-security-policy', "default-src 'self'")
      response.setHeader('content-type', script === null ? 'text/html; charset=utf-8' : 'text/javascript')
      response.end(script === null ? desk : readFileSync(asset(`web${script}`)))
    })
    house.#server.listen(0, '127.0.0.1')
    await once(house.#server, 'listening')
    return house
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** The customer whom alice talks to, whichever leg is hers. */
  async patchCustomer(customer: RtpPeer): Promise<void> {
    const line = await this.bay.open(customerLeg, { kind: 'rtp', silenceMs: 0 })
    this.bay.configure(customerLeg, {
      codec: 'pcma',
      dtmfPayloadType: null,
      remote: { address: customer.address, port: customer.port },
      latch: true,
      allowedSources: [],
      send: true,
      receive: true,
      ptimeMs: 20,
    })
    customer.speakTo(line)
  }

  cut(isCut: boolean): void {
    this.#isCut = isCut
    this.cutMedia(isCut)
  }

  /** Pages are reached still. */
  cutMedia(isCut: boolean): void {
    for (const cable of this.#cables) cable.isCut = isCut
  }

  /** Each n-th datagram of media is lost; 0: none. */
  dropEvery(n: number): void {
    for (const cable of this.#cables) cable.dropEvery = n
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { sdp, restart } = JSON.parse(await text(request)) as { sdp: string; restart?: boolean }
    response.setHeader('content-type', 'application/json')
    if (!restart) this.offers++
    try {
      const answer = restart ? this.#browsers.restart(alice, sdp) : await this.#browsers.answer(alice, sdp)
      response.end(JSON.stringify(answer))
    } catch (error) {
      response.writeHead(409).end(JSON.stringify({ detail: String(error) }))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    for (const cable of this.#cables) cable[Symbol.dispose]()
    await this.bay[Symbol.asyncDispose]()
  }
}

const desk = `<!doctype html><html lang="en"><title>desk</title><body>
<section id="state-bar" data-phase="talking"><div id="audio" data-audio-up="true"></div></section>
<p id="audio-words" role="status" data-denied="allow the microphone" data-no-device="plug in the headset"
data-insecure="open the https address" data-lost="lost" data-failed="failed" data-connecting="" data-headset="keys of"></p>
<select id="microphone" data-audio-device="microphone" data-default="system"></select>
<select id="speaker" data-audio-device="speaker" data-default="system"></select>
<p id="audio-network" data-good="good" data-fair="fair" data-poor="poor" data-detail="{loss} {jitter} {delay}"></p>
<p id="audio-warning" data-good="good" data-fair="fair" data-poor="poor" data-detail="{loss}"></p>
<button id="headset" data-audio-action="headset" hidden>keys</button>
<input id="volume" type="range" min="-12" max="12" value="0" data-audio-volume>
<section id="supervision" data-call="c_1"></section>
<button id="try" data-audio-action="test">try</button>
<button id="mute" data-audio-action="mute" data-off="mute" data-on="unmute" aria-pressed="false"><span>mute</span></button>
<script type="module" src="/static/agent-audio.js"></script></body></html>`
