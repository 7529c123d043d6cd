import type { House } from './house.ts'

/** Sends a form as a page of ours does; `htmx` as htmx does. A value that is a list comes several times. */
export async function send(
  house: House,
  cookie: string,
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  fields: Record<string, string | string[]> = {},
  htmx = false,
): Promise<{ status: number; location: string | null; text: string }> {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) for (const each of [value].flat()) body.append(name, each)
  const response = await house.app.request(path, {
    method,
    headers: {
      cookie,
      'sec-fetch-site': 'same-origin',
      accept: 'text/html',
      ...(htmx ? { 'hx-request': 'true' } : {}),
    },
    body,
  })
  return { status: response.status, location: response.headers.get('location'), text: await response.text() }
}

/** Sends a form, and looks at the page that its answer leads to, as a browser does. */
export async function sendOn(
  house: House,
  cookie: string,
  path: string,
  fields: Record<string, string> = {},
): Promise<{ status: number; location: string; text: string }> {
  const { status, location, text } = await send(house, cookie, 'POST', path, fields)
  if (status !== 303 || location === null) throw new Error(`${path} answered ${status}: ${text}`)
  return { ...(await look(house, cookie, location)), location }
}

export async function look(house: House, cookie: string, path: string): Promise<{ status: number; text: string }> {
  const response = await house.app.request(path, { headers: { cookie, accept: 'text/html' } })
  return { status: response.status, text: await response.text() }
}
