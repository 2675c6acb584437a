/** What the keys of a keyring are worth now. */
import type { WallMs } from '../../base/clock.ts';
import type { KeyRole, ListedKey, ListedSigningKey } from '../listed-key.ts';
import { classifyKeyStrength } from './classify-key-strength.ts';
import {
  decideKeyValidity,
  findExpiryMs,
  selectValidUserIds,
  type KeyQuestion,
} from './decide-key-validity.ts';
import { fingerprintOf, type Keyring, type TrustedKey } from './keyring.ts';
import type { KeyAlgorithm } from './openpgp-library.ts';
import { OPENPGP_LIMITS } from './settings.ts';

const CLOCK_SKEW_MS = OPENPGP_LIMITS['signature.openpgp.clockSkewMs'].default;

/** In the order of the keyring; judged as the verifier of signatures judges a key that signs at `nowMs`. */
export function listOpenpgpKeys(
  { keys }: Keyring,
  { role, nowMs }: { readonly role: KeyRole; readonly nowMs: WallMs },
): readonly ListedKey[] {
  return keys.map((key) => ({
    scheme: 'openpgp',
    role,
    fingerprint: fingerprintOf(key),
    identities: selectValidUserIds(key.userIds, { nowMs, clockSkewMs: CLOCK_SKEW_MS }),
    signingKeys: listSigningKeys(key, nowMs),
  }));
}

function listSigningKeys(key: TrustedKey, nowMs: WallMs): readonly ListedSigningKey[] {
  return key.signingKeys.map((signingKey) => {
    const { fingerprint, algorithm, createdMs } = signingKey.material;
    const question: KeyQuestion = {
      key,
      signingKey,
      signedMs: nowMs,
      nowMs,
      clockSkewMs: CLOCK_SKEW_MS,
      keyValidity: 'now',
    };
    const weakness = classifyKeyStrength(algorithm);
    return {
      fingerprint,
      algorithm: nameAlgorithm(algorithm),
      validFromMs: createdMs,
      validUntilMs: findExpiryMs(question),
      fault:
        decideKeyValidity(question) ??
        (weakness && {
          code: weakness.code,
          reason: `The key ${fingerprint} has ${weakness.found}`,
        }),
    };
  });
}

function nameAlgorithm({ name, bits, curve }: KeyAlgorithm): string {
  return [name, curve ?? bits].filter((part) => part !== undefined).join(' ');
}
