/**
 * The tables as the reads see them. The SQL that makes them is in `migrations/` (STRICT, which drizzle-kit cannot say); a test holds the
 * two together. Every table but `secrets`, `sessions`, `wall_seen`, `idempotency` and `commits` is a projection of the journal: `rebuild` makes them
 * anew from it. Instants are Unix ms, durations ms, booleans 0 or 1, documents JSON.
 */
export * from './tables/schema-calls.ts'
export * from './tables/schema-desk.ts'
export * from './tables/schema-house.ts'
export * from './tables/schema-imports.ts'
export * from './tables/schema-lender.ts'
export * from './tables/schema-outbound.ts'
export * from './tables/schema-people.ts'
export * from './tables/schema-placement.ts'
export * from './tables/schema-sales.ts'
export * from './tables/schema-telephony.ts'
export * from './tables/schema-verification.ts'
