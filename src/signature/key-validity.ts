/**
 * When the key of a signature must be valid. `now`: when it signed, by the date of the signature or commit, and still today, as
 * gpg and Git judge. `atSigning`: when it signed; what has expired, was superseded or retired since then counts. Whoever holds
 * an expired key can write any date, so `atSigning` is for history, not for what is deployed next.
 */
export type KeyValidity = 'now' | 'atSigning';
