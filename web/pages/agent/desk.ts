import { notice } from '../../parts/form.ts'
import { textsOf } from '../../parts/frame.ts'
import { type Html, html, type Region } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import type { Words } from '../../words/words.ts'
import { audioPanel, audioWarning } from './audio-panel.ts'
import { audioTexts } from './audio-texts.ts'
import { callBar } from './call-bar.ts'
import type { DeskProps } from './desk-props.ts'
import { sayColumn } from './say.ts'
import { stateBar } from './state-bar.ts'
import { whoColumn } from './who.ts'
import { writeColumn } from './write.ts'

/** The agent's desk: two bars and three columns that stay where they are in every state. */
export function deskPage(props: DeskProps): Html {
  const w = textsOf(props.frame)
  const [state, call, said, who, say, write] = deskRegions(props).map(region => region.body)
  return layout(props.frame, {
    title: w.agent.desk,
    fills: true,
    scripts: ['drafts.js', 'desk.js'],
    modules: ['agent-audio.js'],
    main: html`<h1 class="unseen">${w.agent.desk}</h1>
<div id="desk-stream" hx-sse:connect="/live/desk" hx-config="sse.pauseOnBackground:false" hidden></div>
<div class="desk">${state}${call}<div class="said">${said}<p id="audio-words" class="notice amber" role="status" ${audioTexts(w)}></p>${audioWarning(w)}</div><div class="columns">${who}${say}${write}</div></div>${audioPanel(w)}`,
    help: help(w),
  })
}

/** The parts that the live stream and the replies to the desk's own actions paint anew. */
export function deskRegions(props: DeskProps): Region[] {
  return [
    { id: 'state-bar', body: stateBar(props) },
    { id: 'call-bar', body: callBar(props) },
    { id: 'desk-notice', body: deskNotice(props) },
    { id: 'who', body: whoColumn(props) },
    { id: 'say', body: sayColumn(props) },
    { id: 'write', body: writeColumn(props) },
  ]
}

export function deskNotice(props: Pick<DeskProps, 'notice'>): Html {
  return html`<div id="desk-notice" aria-live="polite">${props.notice ? notice(props.notice.tone, props.notice.words) : null}</div>`
}

function help(w: Words): Html {
  const rows: [string, string][] = [
    ['Alt R', `${w.agent.state.signOn} / ${w.agent.state.ready}`],
    ['Alt B', w.agent.state.break],
    ['Alt A', w.agent.preview.accept],
    ['Alt S', w.agent.preview.skip],
    ['Alt H', `${w.agent.call.hold} / ${w.agent.call.resume}`],
    ['Alt M', w.agent.call.mute],
    ['Alt -', w.agent.audio.softer],
    ['Alt =', w.agent.audio.louder],
    ['Alt K', w.agent.call.keypad],
    ['Alt T', `${w.transfer.open} / ${w.transfer.complete}`],
    ['Alt W', `${w.transfer.toParty} / ${w.transfer.toOther}`],
    ['Alt J', w.transfer.join],
    ['Alt X', w.transfer.endConsult],
    ['Alt Q', `${w.appeals.ask} / ${w.appeals.withdraw}`],
    ['Alt P', w.transfer.pickUp],
    ['Alt V', w.announcements.metMachine],
    ['Alt E', w.agent.call.hangUp],
    ['Alt D', w.agent.call.numberHint],
    ['Alt L', w.callStatus.redial],
    ['1 – 9', w.agent.help.outcome],
    ['Alt 1 – 9', w.agent.say.answers],
    ['A – D', w.agent.write.grade],
    ['Esc', w.agent.who.putAway],
    ['Alt N', w.agent.help.note],
    ['Ctrl ⏎', w.agent.write.saveReady],
    ['?', w.agent.help.open],
  ]
  return html`<dialog id="help" aria-labelledby="help-title"><form method="dialog"><header><h2 id="help-title">${w.agent.help.title}</h2><button class="button primary" autofocus>${w.agent.call.close}</button></header><p class="muted">${w.agent.help.about}</p>
<dl class="keys">${rows.map(([key, words]) => html`<dt><kbd>${key}</kbd></dt><dd>${words}</dd>`)}</dl></form></dialog>`
}
