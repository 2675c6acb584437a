/**
 * When the key of a signature must be valid. `now`: still today, as gpg and Git judge. `atSigning`: when it signed, by the
 * signature's own date; what has expired, was superseded or retired since then counts. Whoever holds an expired key can
 * write any date, so `atSigning` is for history, not for what is deployed next.
 */
export type KeyValidity = 'now' | 'atSigning';
