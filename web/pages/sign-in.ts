import { notice, textField } from '../parts/form.ts'
import { type Frame, textsOf } from '../parts/frame.ts'
import { type Html, html } from '../parts/html.ts'
import { icon } from '../parts/icons.ts'
import { layout } from '../parts/layout.ts'

export type SignInProps = {
  /** `person` is null here. */
  frame: Frame
  /** What was typed; the password is never sent back. */
  name: string
  why: null | 'wrong' | 'locked' | 'busy' | 'expired' | 'replaced' | 'signed_out' | 'agency'
  /** For `locked`: whole minutes left. */
  minutes?: number
  /** There is nobody yet: says how to make the first administrator. */
  firstStart: boolean
  /** False when the browser will not give its microphone to this address. */
  secure: boolean
  /** Where to go after; a path of ours. */
  next: string
}

export function signInPage(props: SignInProps): Html {
  const w = textsOf(props.frame)
  const words = w.frame.signIn
  const said = {
    wrong: () => notice('red', words.wrong),
    locked: () => notice('red', words.locked(props.minutes ?? 30)),
    busy: () => notice('amber', words.busy),
    expired: () => notice('blue', words.expired),
    replaced: () => notice('amber', words.replaced),
    agency: () => notice('amber', words.agency),
    signed_out: () => notice('green', words.signedOut),
  }
  return layout(props.frame, {
    title: words.title,
    main: html`<div class="gate">
${
  props.firstStart
    ? html`<section class="notice blue">${icon('info')}<div><h2>${words.firstStart}</h2><p>${words.firstStartHow}</p><code class="command">switchroom user add --role admin NAME</code></div></section>`
    : null
}
<section class="panel"><h1>${words.title}</h1>
${props.why ? said[props.why]() : null}
${props.secure ? null : notice('amber', words.insecure)}
<form class="form" method="post" action="/sign-in"><input type="hidden" name="next" value="${props.next}">
${textField({ name: 'name', label: words.name, required: true, autocomplete: 'username', maxlength: 64, autofocus: true }, { values: { name: props.name }, errors: {} })}
${textField({ name: 'password', label: words.password, type: 'password', required: true, autocomplete: 'current-password', maxlength: 200 }, { values: {}, errors: {} })}
<button class="button primary">${words.submit}</button></form></section>
<p class="foot">${w.frame.product} · ${words.foot}</p></div>`,
  })
}
