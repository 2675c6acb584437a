/** What the lines of allowed_signers are worth now. */
import type { WallMs } from '../../base/clock.ts';
import type { ListedKey, ListedSigningKey } from '../listed-key.ts';
import { judgeLineUse } from './match-allowed-signer.ts';
import { matchRevocation } from './match-revocation.ts';
import type { AllowedSigner } from './parse-allowed-signers.ts';
import { parsePublicKey } from './parse-public-key.ts';
import type { RevokedKeys } from './revoked-keys.ts';
import { WireReader } from './wire-reader.ts';

/** In the order of the file; judged as the verifier of signatures judges a line at `nowMs`. */
export function listSshKeys(
  allowedSigners: readonly AllowedSigner[],
  { revoked, nowMs }: { readonly revoked: RevokedKeys; readonly nowMs: WallMs },
): readonly ListedKey[] {
  return allowedSigners.map((line) => ({
    scheme: 'ssh',
    role: line.isAuthority ? 'authority' : 'signer',
    fingerprint: line.key.fingerprint,
    identities: line.principals.split(','),
    signingKeys: [
      {
        fingerprint: line.key.fingerprint,
        algorithm: line.key.type,
        validFromMs: line.validAfterMs,
        validUntilMs: line.validBeforeMs,
        fault: findFault(line, revoked, nowMs),
      },
    ],
  }));
}

function findFault(
  line: AllowedSigner,
  revoked: RevokedKeys,
  nowMs: WallMs,
): ListedSigningKey['fault'] {
  const reason = matchRevocation(revoked, line.key, undefined);
  if (reason !== undefined) return { code: 'key_revoked', reason };
  const key = parsePublicKey(new WireReader(line.key.blob));
  if (key.status === 'rejected') return { code: key.code, reason: key.reason };
  return judgeLineUse(line, undefined, [['now', nowMs]]);
}
