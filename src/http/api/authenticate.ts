import type { User } from '../../centre/entities.ts'
import type { UserId } from '../../lib/ids.ts'
import { tokenOf } from '../../records/people/tokens.ts'
import { bearerOf } from '../bearer.ts'
import type { Deps, Guard } from '../deps.ts'
import { checkPlace } from '../guard.ts'
import { BadRequest } from '../problem.ts'

/** `Authorization: Bearer swr_…`. A cookie opens nothing here, so no page of another site can use the API through a browser. */
export function authenticated(deps: Deps): Guard {
  return async (c, next) => {
    const secret = bearerOf(c)
    const token = secret === null ? null : await tokenOf(deps.records, secret, peopleOf(deps))
    if (token === null) {
      c.header('WWW-Authenticate', 'Bearer realm="switchroom"')
      const found =
        secret === null
          ? 'no token'
          : 'a token that is unknown, was revoked, or whose issuer may no longer issue such a one'
      throw new BadRequest(
        401,
        `found ${found}; allowed: Authorization: Bearer TOKEN, issued or taken on on the page /admin/tokens`,
      )
    }
    checkPlace(deps, c, token.role)
    c.set('client', {
      ...{ actor: `token:${token.id}`, role: token.role, token: token.id },
      ...{ person: token.issuedBy, team: token.team },
    })
    return next()
  }
}

/** Who people are now, as the floor knows them. */
export function peopleOf(deps: Deps): (id: UserId) => User | undefined {
  return id => deps.engine.state.users.get(id)
}
