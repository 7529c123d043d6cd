import { type Role, roles } from '../../../src/centre/entities.ts'
import { type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { chip } from '../../parts/state.ts'
import { heading, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { problems } from './users.ts'

export type TokensProps = {
  frame: Frame
  /** `by`: who answers for it, null: whoever has a shell; `stands`: they still may. */
  tokens: {
    id: string
    name: string
    role: Role
    issuedAt: number
    revokedAt: number | null
    by: string | null
    stands: boolean
    /** The name of the team that it is bound to. */
    team: string | null
  }[]
  teams: { id: string; name: string }[]
  /** Just issued: shown this once. */
  secret: string | null
  /** Of a page that was to show one, and does no more. */
  isSecretOver: boolean
  filled: Filled
}

export function tokensPage(props: TokensProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.tokens
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, count: w.frame.list.count(props.tokens.length), about: `${words.about}${words.about2}`, actions: html`<a class="button" href="/api/openapi.json">${icon('file-text')}${words.docs}</a>` })}
${secretOf(props, w)}
<div class="wide-narrow">${table({
      caption: words.title,
      rows: props.tokens,
      empty: words.none,
      columns: [
        { head: words.name, cell: token => html`<b>${token.name}</b>` },
        {
          head: words.role,
          cell: token =>
            token.team === null ? w.domain.role[token.role] : `${w.domain.role[token.role]} · ${token.team}`,
        },
        { head: words.by, cell: token => token.by ?? words.bySystem },
        { head: words.issued, cell: token => instant(token.issuedAt, props.frame) },
        {
          head: words.revoked,
          cell: token =>
            token.revokedAt === null
              ? token.stands
                ? chip('green', 'circle-check', words.active)
                : chip('red', 'ban', words.fallen)
              : instant(token.revokedAt, props.frame),
        },
        {
          head: w.frame.list.actions,
          kind: 'action',
          cell: token =>
            token.revokedAt === null
              ? html`<form method="post" action="/admin/tokens/${token.id}/revocation" data-asks="${words.revokeQuestion(token.name)}"><button class="button small danger">${icon('ban')}${words.revoke}</button></form>${token.stands ? null : html` <form method="post" action="/admin/tokens/${token.id}/adoption"><button class="button small">${words.adopt}</button></form>`}`
              : null,
        },
      ],
    })}
<section class="panel"><h2>${words.add}</h2>${problems(props.filled, w)}<form class="form" method="post" action="/admin/tokens">
${textField({ name: 'name', label: words.name, required: true, maxlength: 64 }, props.filled)}
${selectField({ name: 'role', label: words.role, choices: roles.map(role => ({ value: role, word: w.domain.role[role] })) }, props.filled)}
${props.teams.length === 0 ? null : selectField({ name: 'team', label: w.teams.team, help: words.teamHelp, choices: [{ value: '', word: w.frame.list.all }, ...props.teams.map(({ id, name }) => ({ value: id, word: name }))] }, props.filled)}
<div class="buttons"><button class="button primary">${words.add}</button></div></form></section></div>`,
  })
}

/** The secret of a token, where it is shown. */
export function secretOf(
  { secret, isSecretOver }: Pick<TokensProps, 'secret' | 'isSecretOver'>,
  w: Words,
): Html | null {
  const words = w.admin.tokens
  if (secret === null) return isSecretOver ? notice('amber', words.over) : null
  return html`<div data-once>${notice('amber', html`${words.once}<code class="command">${secret}</code><button class="button small" type="button" data-copies="${secret}">${icon('copy')}${words.copy}</button>`)}</div>`
}
