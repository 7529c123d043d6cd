/**
 * Stands in the journal for a key that was pressed in a talk, or as one of several that a menu asked for. Who presses may have been asked for the number of an identity card or a bank card, and
 * the journal is for good: it says that a key was pressed, by whom and when, so how many there were. Only keys that choose something of ours
 * (of a notice, of a menu) are named.
 */
export const hiddenKey = '•'
