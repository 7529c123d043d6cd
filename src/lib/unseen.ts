/** Characters that are not seen and make a text look like another one: control characters, the overrides of writing direction, half characters. */
const unseen = /[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]|\p{Cs}/u

export const hasUnseen = (text: string): boolean => unseen.test(text)
