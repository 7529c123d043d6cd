import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import type { Words } from '../../words/words.ts'

/** What the browser knows of itself is painted into it by the audio scripts: devices, level, network, headset. The desk never repaints it. */
export function audioPanel(w: Words): Html {
  const a = w.agent.audio
  return html`<section id="audio-panel" class="menu audio-panel" popover aria-labelledby="audio-panel-title"><h2 id="audio-panel-title">${a.settings}</h2>
<div class="field"><label for="audio-microphone">${a.microphone}</label><select id="audio-microphone" data-audio-device="microphone" data-default="${a.systemDefault}"></select></div>
<div class="field"><label for="audio-speaker">${a.speaker}</label><select id="audio-speaker" data-audio-device="speaker" data-default="${a.systemDefault}"></select></div>
<div class="field"><label for="audio-volume">${a.volume}</label><div class="row"><button class="button small" type="button" data-audio-step="-3" data-key="alt+-" aria-label="${a.softer}">−<kbd>Alt -</kbd></button>
<input type="range" id="audio-volume" data-audio-volume min="-12" max="12" step="1" value="0"><button class="button small" type="button" data-audio-step="3" data-key="alt+=" aria-label="${a.louder}">+<kbd>Alt =</kbd></button></div><span class="help">${a.volumeHelp}</span></div>
<div class="field"><span>${a.level}</span><meter data-audio-level min="0" max="1" value="0" aria-label="${a.level}"></meter></div>
<div class="field"><span>${a.network}</span><p id="audio-network" class="small" ${networkTexts(w)}></p></div>
<div class="buttons"><button class="button" type="button" data-audio-action="test">${icon('mic')}${a.test}</button>
<button class="button" type="button" data-audio-action="headset" hidden>${icon('headset')}${a.headset}</button></div>
<p class="help">${a.testHelp}</p></section>`
}

/** Empty until the network has been bad for some seconds. */
export function audioWarning(w: Words): Html {
  return html`<p id="audio-warning" class="notice amber" role="status" ${networkTexts(w)}></p>`
}

function networkTexts(w: Words): Html {
  const { good, fair, poor, detail } = w.agent.audio.quality
  return html`data-good="${good}" data-fair="${fair}" data-poor="${poor}" data-detail="${detail}"`
}
