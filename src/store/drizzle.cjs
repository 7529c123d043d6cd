/**
 * What the store uses of drizzle, in its CommonJS form. As ES modules Node parses drizzle's 179 kB package.json once for each of its two
 * hundred files: 0.6 s and 160 MB a thread, and four threads of the house load it. As CommonJS it is 0.1 s and 20 MB; see
 * bench/results/memory.md. Types are in drizzle.d.cts.
 */
const {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  getTableName,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  like,
  lt,
  lte,
  or,
  sql,
} = require('drizzle-orm')
const { drizzle } = require('drizzle-orm/better-sqlite3')
const { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } = require('drizzle-orm/sqlite-core')

module.exports = {
  and,
  asc,
  blob,
  desc,
  drizzle,
  eq,
  getTableColumns,
  getTableName,
  gt,
  gte,
  inArray,
  index,
  integer,
  isNotNull,
  isNull,
  like,
  lt,
  lte,
  or,
  primaryKey,
  sql,
  sqliteTable,
  text,
  uniqueIndex,
}
