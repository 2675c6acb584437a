/** The store of a watch that follows one object by its name. */
import type { KubernetesObject } from '../object.ts';
import type { ResourceStore } from './object-table.ts';

/** Tells the object after each list and each event; `undefined` where it does not exist. Equal tellings may repeat. */
export function createSingleObjectStore(
  tell: (object: KubernetesObject | undefined) => void,
): ResourceStore {
  let listed: KubernetesObject | undefined;
  return {
    beginList: () => {
      listed = undefined;
    },
    put: (object) => {
      listed = object;
      tell(object);
      return true;
    },
    endList: () => {
      tell(listed);
    },
    remove: () => {
      tell(undefined);
    },
    // It may not be read any more, or no event arrives: what it said last holds.
    clear: () => undefined,
  };
}
