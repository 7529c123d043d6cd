/** Two languages, Chinese first. A text that is missing in one of them does not compile. */
export const languages = ['zh-CN', 'en'] as const
export type Language = (typeof languages)[number]

/** The shape of a tree of texts: the other language has the same keys, and functions of the same parameters. */
export type Like<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { readonly [Key in keyof T]: Like<T[Key]> }

export function isLanguage(text: unknown): text is Language {
  return languages.includes(text as Language)
}
