import { type Html, html } from '../../parts/html.ts'
import type { Words } from '../../words/words.ts'

/** What `agent-audio.js` may have to say, as attributes of `#audio-words`. */
export function audioTexts(w: Words): Html {
  const a = w.agent.audio
  return html`data-up="" data-lost="${a.lost}" data-denied="${a.denied}" data-no-device="${a.noDevice}" data-insecure="${a.insecure}" data-failed="${a.failed}" data-no-server="${a.noServer}" data-connecting="${a.connecting}" data-testing="${a.testing}" data-heard="${a.heard}" data-silent="${a.silent}" data-headset="${a.headsetReady}" data-volume="${a.volume}"`
}
