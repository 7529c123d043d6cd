import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Chart, drawn } from './chart.ts'

const chart: Chart = {
  id: 'c',
  title: 'Busy',
  desc: 'From 9 to 10',
  from: 540,
  to: 600,
  series: [{ name: '', as: 'line', step: 1, rows: [] }],
  limit: null,
  most: 1,
  words: value => `${value * 100} %`,
  clock: minute => `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`,
}

test('a chart names itself for those who do not see it, and its axis begins at nothing', () => {
  const svg = drawn(chart)
  assert.match(svg, /role="img" aria-labelledby="c-title c-desc"><title id="c-title">Busy<\/title><desc id="c-desc">/)
  for (const words of ['0 %', '50 %', '100 %', '9:00', '9:15', '10:00']) assert.ok(svg.includes(`>${words}<`), words)
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/)
})

test('where nothing was measured the line has a gap, and a point alone is still seen', () => {
  const rows = [0.1, 0.2, null, 0.3, null].map((value, n) => ({ minute: 540 + n, value }))
  const svg = drawn({ ...chart, series: [{ name: '', as: 'line', step: 1, rows }] })
  const [, d] = /class="series one" d="([^"]*)"/.exec(svg)!
  assert.equal(d!.match(/M/g)?.length, 2)
  assert.equal(svg.match(/<circle class="dot one"/g)?.length, 1)
})

test('a limit is a line with its name within the picture, also when nothing comes near it', () => {
  const svg = drawn({ ...chart, most: 0.001, limit: { value: 0.03, name: '3 %' } })
  const [, y] = /class="limit" [^>]*y1="([\d.]+)"/.exec(svg)!
  assert.ok(Number(y) >= 10 && Number(y) <= 180, y)
  assert.ok(svg.includes('>3 %</text>'))
})

test('the names of lines that end at one height do not lie upon each other', () => {
  const line = (name: string) => ({ name, as: 'line' as const, step: 1, rows: [{ minute: 550, value: 0.5 }] })
  const svg = drawn({ ...chart, series: [line('p50'), line('p99')] })
  const heights = [...svg.matchAll(/class="name \w+" x="[\d.]+" y="([\d.]+)"/g)].map(match => Number(match[1]))
  assert.equal(heights.length, 2)
  assert.ok(Math.abs(heights[0]! - heights[1]!) >= 10)
})

test('texts are text', () => {
  const svg = drawn({ ...chart, title: '<b>"', desc: `'&`, limit: { value: 1, name: '<script>' } })
  assert.doesNotMatch(svg, /<b>|<script>/)
})
