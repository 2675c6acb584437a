/** Whether a bundle is older than the one before it: whoever answers for a server or a registry can have kept an old one. */

/** Wall clock; absent where a signature does not say when it was made. */
export interface SigningTime {
  readonly signedAtMs?: number | undefined;
}

/** Why a signed bundle cannot follow another one, as a sentence without its period; `undefined`: it can. */
export function classifyAge(next: SigningTime, before: SigningTime): string | undefined {
  if (before.signedAtMs === undefined) return undefined;
  const taken = new Date(before.signedAtMs).toISOString();
  const remedy = 'If it is wanted again, sign it again';
  if (next.signedAtMs === undefined) {
    return `its signature does not say when it was made, and a bundle was taken that was signed at ${taken}. ${remedy} with "holdfast policy sign"`;
  }
  if (next.signedAtMs >= before.signedAtMs) return undefined;
  return `it was signed at ${new Date(next.signedAtMs).toISOString()}, and a bundle was taken that was signed at ${taken}. ${remedy}`;
}
