/** The mail server, and a test of it. */
import { mailSecurities } from '../../src/lender/mail.ts'
import type { Words } from '../words/words.ts'
import { areaField, type Filled, notice, selectField, textField } from './form.ts'
import { type Html, html } from './html.ts'

export type MailFormProps = {
  filled: Filled
  hasPassword: boolean
  test: { filled: Filled; said: { tone: 'green' | 'red'; words: string } | null }
}

export function mailForm({ filled, hasPassword, test }: MailFormProps, path: string, w: Words): Html {
  const words = w.mail
  const security = mailSecurities.map(value => ({ value, word: words.securities[value] }))
  return html`<form class="form panel" method="post" action="${path}/mail" id="mail"><h2>${words.title}</h2><p class="help">${words.about}</p>
${textField({ name: 'host', label: words.host, figure: true, maxlength: 253 }, filled)}
${textField({ name: 'port', label: words.port, figure: true, type: 'number', maxlength: 5 }, filled)}
${selectField({ name: 'security', label: words.security, choices: security }, filled)}
${textField({ name: 'user', label: words.user, maxlength: 200, autocomplete: 'off' }, filled)}
${textField({ name: 'password', label: words.password, help: words.passwordHelp(hasPassword), type: 'password', autocomplete: 'new-password', maxlength: 500 }, filled)}
${textField({ name: 'from', label: words.from, figure: true, maxlength: 254 }, filled)}
${textField({ name: 'fromName', label: words.fromName, maxlength: 100 }, filled)}
${areaField({ name: 'ca', label: words.ca, help: words.caHelp, rows: 3 }, filled)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form>
<form class="form panel" method="post" action="${path}/mail/tests" id="mail-test"><h2>${words.try}</h2>
${test.said === null ? null : notice(test.said.tone, test.said.words)}
${textField({ name: 'to', label: words.to, figure: true, maxlength: 254, required: true }, test.filled)}
<div class="buttons"><button class="button">${words.send}</button></div></form>`
}
