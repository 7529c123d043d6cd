/** Invented debtors for the demo and the load tests: plausible Chinese names, numbers that nobody has been given, loans that never were. */
import type { Random } from '../lib/random.ts'

const familyNames = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余']
const givenNames = [
  '伟',
  '芳',
  '娜',
  '敏',
  '静',
  '丽',
  '强',
  '磊',
  '洋',
  '艳',
  '勇',
  '军',
  '杰',
  '娟',
  '涛',
  '明',
  '超',
  '秀英',
  '霞',
  '平',
  '桂英',
  '建华',
  '志强',
  '晓东',
  '海燕',
  '玉兰',
  '春梅',
  '子涵',
  '宇航',
  '思远',
]
const products = ['现金分期', '消费分期', '车位分期', '教育分期']

export type DemoLead = {
  ref: string
  name: string
  phones: { number: string; relation: 'SELF' }[]
  fields: Record<string, string>
}

/** `count` leads; refs start at `from`, so that a second list has others. */
export function demoLeads(count: number, random: Random, from = 1): DemoLead[] {
  return Array.from({ length: count }, (_, at) => {
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
    const principal = Math.round((3000 + random() * 47_000) / 100) * 100
    const overdue = Math.round(principal * (0.05 + random() * 0.1))
    return {
      ref: `JK2026${String(from + at).padStart(6, '0')}`,
      name: pick(familyNames) + pick(givenNames),
      // 1380000xxxx: a range kept for examples here; the demo's carrier is on this machine and nothing leaves it.
      phones: [{ number: `+861380000${String(1000 + ((from + at) % 9000))}`, relation: 'SELF' as const }],
      fields: {
        产品: pick(products),
        借款本金: `¥${principal.toLocaleString('en-US')}`,
        逾期金额: `¥${overdue.toLocaleString('en-US')}`,
        逾期天数: String(1 + Math.floor(random() * 45)),
      },
    }
  })
}
