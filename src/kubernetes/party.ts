/** Who a user name stands for, where users are counted. */

/** Longer names are cut, so that an attacker cannot fill our memory. */
const PARTY_CHARS_MAX = 512;

/**
 * The party of a user: anyone who can create service accounts in a namespace has any number of names, so all of them
 * count as one party.
 */
export function partyOf(username: string): string {
  const account = /^system:serviceaccount:[^:]*:/u.exec(username);
  return account?.[0] ?? username.slice(0, PARTY_CHARS_MAX);
}
