/** Asks the API as a program does, and holds the answer against the status that it should have. */
import assert from 'node:assert/strict'
import type { House } from './house.ts'

export type Ask = <T = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
  status?: number,
) => Promise<T>

export function askerOf(house: House, token: string): Ask {
  return async <T>(method: string, path: string, body?: unknown, status = 201) => {
    const response = await house.api(token, method, path, body)
    const text = await response.text()
    assert.equal(response.status, status, text)
    return JSON.parse(text) as T
  }
}
