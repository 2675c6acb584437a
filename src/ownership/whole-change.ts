/** What CREATE, DELETE and CONNECT change: the object as a whole. */
import type { Operation } from '../kubernetes/admission-request.ts';
import type { ChangeFact } from './change.ts';

const WHOLE_KINDS = {
  CREATE: 'added',
  DELETE: 'removed',
  UPDATE: 'changed',
  CONNECT: 'changed',
} as const;

/** One path, the empty one. What is stored counts as Git's, and so does what cannot be compared. */
export function describeWholeChange(operation: Operation): ChangeFact {
  const kind = WHOLE_KINDS[operation];
  return {
    semantic: true,
    paths: [{ path: '', segments: [], kind, gitOwned: kind !== 'added' }],
    protectedKeys: [],
    truncated: false,
  };
}
