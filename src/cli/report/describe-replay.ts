/** What became of the writers' last writes, for a report. */
import type { ReplayedWrite } from '../../compose/replay-writes.ts';
import type { WriterWrite } from '../../audit/report/writer-writes.ts';
import { formatPlace, formatResource } from '../../kubernetes/object-reference.ts';

export interface ShownReplay {
  readonly writes: number;
  readonly allowed: number;
  readonly refused: readonly {
    readonly username: string;
    readonly operation: string;
    readonly object: string;
    readonly code: string;
    readonly policies: readonly string[];
    /** The denial that the controller would read. */
    readonly message: string;
  }[];
  /** Each reason once, the most frequent first. */
  readonly notReplayed: readonly {
    readonly reason: string;
    readonly count: number;
    readonly example: string;
  }[];
  /** Writes to further objects, which were not judged again. */
  readonly leftOut: number;
}

/** Sorted and counted. */
export function describeReplay(replayed: readonly ReplayedWrite[], leftOut: number): ShownReplay {
  const refused = replayed.filter((each) => each.status === 'refused');
  const reasons = Map.groupBy(
    replayed.filter((each) => each.status === 'not-replayed'),
    ({ reason }) => reason,
  );
  return {
    writes: replayed.length,
    allowed: replayed.filter(({ status }) => status === 'allowed').length,
    refused: refused.map(({ write, operation, code, policies, message }) => ({
      username: write.user.username,
      operation,
      object: describeObject(write),
      code,
      policies,
      message,
    })),
    notReplayed: [...reasons]
      .flatMap(([reason, group]) =>
        group.slice(0, 1).map(({ write }) => ({
          reason,
          count: group.length,
          example: describeObject(write),
        })),
      )
      .toSorted((a, b) => b.count - a.count),
    leftOut,
  };
}

function describeObject({ object }: WriterWrite): string {
  const subresource = object.subresource === '' ? '' : `/${object.subresource}`;
  return `${formatResource(object)}${subresource} ${formatPlace(object)}`;
}
