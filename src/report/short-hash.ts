/** As many digits of a trace hash as people are shown. */
export const SHORT_HASH_DIGITS = 8;
