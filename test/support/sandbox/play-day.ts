/** Plays a day on a real cluster while a recorder listens. */
import { isDeepStrictEqual } from 'node:util';
import type { RecordedReview } from '../../../src/capture/recorded-case.ts';
import type { CaseLabel } from '../../../src/capture/recorder.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { DayAction } from './day-action.ts';
import { AUTOSCALER, MORNING, syncShop } from './day-gitops.ts';
import { ATTACKS, CHANGES, DESTRUCTION, EVENING, EVERYDAY } from './day-people.ts';

/** What the cluster does by itself is kept this often for each kind of thing. */
const BACKGROUND_COPIES_MAX = 2;
/** The harness speaks as this user; nobody on a real cluster does. */
const HARNESS = 'holdfast-test-harness';

/** Why a review of a refused action is allowed by itself. */
export const BOOKKEEPING_NOTE =
  'nothing but managedFields differs: kubectl tidies up before the change itself';

/** The whole day, in order. */
export const DAY: readonly DayAction[] = [
  ...MORNING,
  ...CHANGES,
  syncShop('gitops-heal', { image: 'registry.local/checkout:1.1.0' }),
  AUTOSCALER,
  ...EVERYDAY,
  ...ATTACKS,
  ...DESTRUCTION,
  syncShop('gitops-repair'),
  ...EVENING,
];

export interface DayPlayer {
  /** For the recorder: what the review belongs to. */
  readonly label: (review: RecordedReview) => CaseLabel | undefined;
  readonly play: (cluster: Cluster, onAction: (action: DayAction) => void) => Promise<void>;
}

/** Makes a player; it knows which action runs, so that it can label what the API server sends meanwhile. */
export function createDayPlayer(day: readonly DayAction[] = DAY): DayPlayer {
  let current: DayAction | undefined;
  const seen = new Map<string, number>();
  return {
    label: (review) => {
      const username = textAt(review.request['userInfo'], 'username');
      if (username === HARNESS) return undefined;
      if (current?.username === username) return labelAction(current, review);
      const key = describeBackground(username, review);
      const count = (seen.get(key) ?? 0) + 1;
      seen.set(key, count);
      return count > BACKGROUND_COPIES_MAX ? undefined : { action: 'background', expect: 'allow' };
    },
    play: async (cluster, onAction) => {
      for (const action of day) {
        current = action;
        onAction(action);
        await action.play(cluster);
      }
    },
  };
}

function labelAction(action: DayAction, review: RecordedReview): CaseLabel {
  if (action.expect === 'deny' && changesBookkeepingOnly(review)) {
    return { action: action.name, expect: 'allow', note: BOOKKEEPING_NOTE };
  }
  const expect = action.except?.[textAt(review.request, 'name')] ?? action.expect;
  return { action: action.name, expect, note: action.note };
}

function changesBookkeepingOnly({ request }: RecordedReview): boolean {
  if (textAt(request, 'operation') !== 'UPDATE') return false;
  return isDeepStrictEqual(
    withoutBookkeeping(request['oldObject']),
    withoutBookkeeping(request['object']),
  );
}

function withoutBookkeeping(object: unknown): unknown {
  const text = JSON.stringify(object, (key, value: unknown) =>
    key === 'managedFields' || key === 'resourceVersion' ? undefined : value,
  );
  return JSON.parse(text);
}

function describeBackground(username: string, { request }: RecordedReview): string {
  const resource = textAt(request['resource'], 'resource');
  return [username, textAt(request, 'operation'), resource, textAt(request, 'subResource')].join(
    ' ',
  );
}

function textAt(value: unknown, key: string): string {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : '';
  return typeof found === 'string' ? found : '';
}
