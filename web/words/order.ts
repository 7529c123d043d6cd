/** Words about which leads come next, and when people answer. */
import type { Like } from './language.ts'

const zh = {
  title: '名单顺序与配额',
  about: '先按批次优先级，再按名单优先级，然后按最佳时段，最后按下面的次序。约定的回呼总在最前。',
  bestTime: '最佳时段优先',
  bestTimeHelp: '此刻接通率高于平时的分组先拨；差别不到一成的按下面的次序。',
  order: '同等名单的次序',
  orders: { oldest: '等待最久的先拨', newest: '最新的先拨' },
  orderHelp: '最新：刚导入或刚到时间的名单先拨，适合新线索。',
  quotas: '配额',
  quotasHelp:
    '每行一条：分组 | done 或 connected | 数量，例如：上海 | connected | 500；* 表示每个分组。达到后不再拨此分组，约定的回呼除外。分组取自导入时的“分组列”。',
  best: '最佳时段',
  bestOf: (name: string) => `${name} · 最佳时段`,
  bestAbout:
    '各分组在被叫当地每小时的接通率，从本活动自己的呼叫中学得。呼叫少的格子向平时的接通率靠拢；▲ 比平时好一成以上，▼ 差一成以上。',
  none: '还没有呼叫，无从得知。',
  segment: '分组',
  noSegment: '（无分组）',
  all: '全部',
  dialled: '已拨',
  usual: '平时',
  hour: (n: number) => `${String(n).padStart(2, '0')} 时`,
  cell: (answered: string, dialled: string) => `${answered} / ${dialled} 接听`,
  off: '此活动没有按最佳时段拨打。',
  more: (n: number) => `另有 ${n} 个分组未显示（按呼叫数排列）。`,
}

const en: Like<typeof zh> = {
  title: 'Order of leads and quotas',
  about:
    'First by the priority of the list, then of the lead, then by the best hour, last as chosen here. Callbacks that were agreed always come first.',
  bestTime: 'Best hour first',
  bestTimeHelp:
    'Segments that answer better at this hour than usual come first; what differs by less than a tenth is equal.',
  order: 'Leads that are equal',
  orders: { oldest: 'due longest first', newest: 'newest first' },
  orderHelp: 'Newest: what has just been imported, or just become due, comes first; for fresh leads.',
  quotas: 'Quotas',
  quotasHelp:
    'One a line: segment | done or connected | number, e.g. Shanghai | connected | 500; * is each segment by itself. Then the segment is dialled no more, callbacks apart. The segment is the column named at the import.',
  best: 'Best times',
  bestOf: (name: string) => `${name} · best times`,
  bestAbout:
    'How many answer, by segment and hour of the callee’s own day, learned from the calls of this campaign. Where calls are few the figure is drawn towards the usual one; ▲ better than usual by a tenth or more, ▼ worse.',
  none: 'No calls yet: nothing is known.',
  segment: 'Segment',
  noSegment: '(no segment)',
  all: 'All',
  dialled: 'Dialled',
  usual: 'Usual',
  hour: (n: number) => `${String(n).padStart(2, '0')} h`,
  cell: (answered: string, dialled: string) => `${answered} of ${dialled} answered`,
  off: 'This campaign does not dial by best times.',
  more: (n: number) => `${n} more segments are not shown (in the order of calls made).`,
}

export const orderWords = { zh, en }
