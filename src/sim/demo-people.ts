/** Invented people: plausible Chinese names of nobody in particular. */
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

/** What is made up, from one stream of chance. */
export function invented(random: Random) {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  return {
    pick,
    /** A whole number, both ends included. */
    between: (least: number, most: number) => least + Math.floor(random() * (most - least + 1)),
    person: () => pick(familyNames) + pick(givenNames),
  }
}
