/** How much one record may hold: more of anything is no record that somebody meant. */

/** Characters of a text. */
export const MAX_TEXT = 4096
/** Entries of a list. */
export const MAX_LIST = 256
/** Characters of an entry of a list. */
export const MAX_LIST_TEXT = 256
