/** Parses the output of `git ls-remote`, which a server wrote. */
import { isObjectId } from '../parse-revision.ts';
import type { TrackedRef } from './parse-tracked-ref.ts';

/** A ref of the server and the object that it points to: a commit, or the object of an annotated tag. */
export interface RemoteTip {
  readonly name: string;
  readonly objectId: string;
}

/** The tips of a tracked ref. Lines that are none, and peeled tags (`^{}`), are left out. */
export function parseRefList(output: string, tracked: TrackedRef): readonly RemoteTip[] {
  const tips: RemoteTip[] = [];
  for (const line of output.split('\n')) {
    const [objectId = '', name = ''] = line.split('\t');
    // The server may send more than it was asked for, and names that are no refs.
    if (isObjectId(objectId) && !name.endsWith('^{}') && isTracked(name, tracked)) {
      tips.push({ name, objectId });
    }
  }
  return tips;
}

function isTracked(name: string, tracked: TrackedRef): boolean {
  switch (tracked.kind) {
    case 'names':
      return tracked.names.includes(name);
    case 'tags':
      return name.startsWith('refs/tags/');
    case 'any':
      return name.startsWith('refs/tags/') || name.startsWith('refs/heads/');
  }
}
