/** Why a signature with its certificate and its proof does not count, from what the library found. */
import { printable } from '../../base/printable.ts';
import { rejected, type Rejected } from '../verification.ts';

/** What the library found wrong. */
export interface EntityFault {
  readonly about: 'certificate' | 'log' | 'signature';
  readonly message: string;
}

/** The refusal for a fault. */
export function formatEntityFault({ about, message }: EntityFault): Rejected {
  const found = printable(message);
  switch (about) {
    case 'certificate':
      return rejected('certificate_invalid', `The certificate is not trusted: ${found}`);
    case 'signature':
      return rejected('bad_signature', `The signature does not match: ${found}`);
    case 'log':
      return rejectLogEntry(found);
  }
}

/** The refusal for an entry of the log that proves nothing. */
export function rejectLogEntry(why: string): Rejected {
  return rejected(
    'transparency_log_entry_invalid',
    `The proof from the transparency log does not hold: ${why}`,
  );
}
