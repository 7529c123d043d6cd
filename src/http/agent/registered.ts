import type { Deps } from '../deps.ts'

/** A desk phone is registered with this extension now, so that it can be rung. */
export function isRegistered({ phones }: Pick<Deps, 'phones'>, extension: string | null): boolean {
  return extension !== null && phones.bindings(extension).some(binding => binding.extension === extension)
}
