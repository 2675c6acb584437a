/** Selects the next message, and decides which queued messages a new one replaces. */
import type { WallMs } from '../base/clock.ts';
import type { Message } from './incident.ts';

export interface DispatchOptions {
  readonly nowMs: WallMs;
  /** Whether this replica is the leader. */
  readonly leads: boolean;
  /** Whether it is known what the others have counted: else the end of an incident waits. */
  readonly mayResolve: boolean;
  /** Keys that the leader has sent. */
  readonly notifiedElsewhere: ReadonlySet<string>;
  /** The longest wait: a later due time means that the clock was set back. */
  readonly waitMsMax: number;
}

export type Dispatch =
  | { readonly what: 'send'; readonly message: Message }
  /** Another replica has sent it. */
  | { readonly what: 'drop'; readonly message: Message }
  | { readonly what: 'wait' };

/** The next message of one target's queue, which is in the order of sending. */
export function planDispatch(queue: readonly Message[], settings: DispatchOptions): Dispatch {
  const { nowMs, leads, mayResolve, notifiedElsewhere, waitMsMax } = settings;
  const isTold = ({ key }: Message): boolean => !leads && notifiedElsewhere.has(key);
  const elsewhere = queue.find((one) => one.kind !== 'resolve' && isTold(one));
  if (elsewhere !== undefined) return { what: 'drop', message: elsewhere };
  // The target asked to wait (Retry-After): later messages wait too.
  const isHeldBack = queue.some(
    ({ attempts, dueAtMs }) => attempts > 0 && isAhead(dueAtMs, nowMs, waitMsMax),
  );
  if (isHeldBack) return { what: 'wait' };
  // Who leads resolves it, and says so. It may be gone: then somebody else leads soon, and this message is still there.
  const isResolvable = (one: Message): boolean =>
    !isTold(one) && (mayResolve || isFollowed(one, queue));
  const message = queue.find(
    (one) =>
      (leads || !isAhead(one.handoverAtMs, nowMs, waitMsMax)) &&
      (one.kind !== 'resolve' || isResolvable(one)),
  );
  return message === undefined ? { what: 'wait' } : { what: 'send', message };
}

/** The messages that a new one replaces: a queued trigger of the same incident has an older count. */
export function planQueueing(
  queue: readonly Message[],
  added: Message,
): { readonly added: Message; readonly removed: readonly Message[] } {
  const waiting = queue.filter(({ key }) => key === added.key);
  const last = waiting.at(-1);
  if (added.kind === 'trigger' && last?.kind === 'trigger') {
    const { id, decidedAtMs, attempts, dueAtMs, handoverAtMs } = last;
    const kept = { id, attempts, dueAtMs, handoverAtMs };
    return {
      added: { ...added, ...kept, ...(decidedAtMs !== undefined && { decidedAtMs }) },
      removed: [],
    };
  }
  if (added.kind !== 'resolve') return { added, removed: [] };
  // The end of an incident makes a queued count update pointless, but not the first notification.
  return {
    added,
    removed: waiting.filter(
      ({ kind, decidedAtMs }) => kind !== 'resolve' && decidedAtMs === undefined,
    ),
  };
}

/** Which messages to drop when the queue is full: change events first, then the oldest. */
export function planOverflow(queue: readonly Message[], lengthMax: number): readonly Message[] {
  const excess = queue.length - lengthMax;
  if (excess <= 0) return [];
  const changes = queue.filter(({ kind }) => kind === 'change').slice(0, excess);
  const others = queue.filter(({ kind }) => kind !== 'change');
  return [...changes, ...others.slice(0, excess - changes.length)];
}

/** A later attempt of the same cause is news, and must not be sent before the end of the one before. */
function isFollowed({ id, key }: Message, queue: readonly Message[]): boolean {
  return queue.some((other) => other.key === key && other.id > id);
}

function isAhead(atMs: number, nowMs: WallMs, waitMsMax: number): boolean {
  return atMs > nowMs && atMs - nowMs <= waitMsMax;
}
