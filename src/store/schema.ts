/**
 * The tables as the reads see them. The SQL that makes them is in `migrations/` (STRICT, which drizzle-kit cannot say); a test holds the
 * two together. Every table but `secrets`, `sessions`, `wall_seen`, `idempotency` and `commits` is a projection of the journal: `rebuild` makes them
 * anew from it. Instants are Unix ms, durations ms, booleans 0 or 1, documents JSON.
 */
export * from './schema-calls.ts'
export * from './schema-desk.ts'
export * from './schema-house.ts'
export * from './schema-imports.ts'
export * from './schema-lender.ts'
export * from './schema-outbound.ts'
export * from './schema-people.ts'
export * from './schema-placement.ts'
export * from './schema-sales.ts'
export * from './schema-telephony.ts'
export * from './schema-verification.ts'
