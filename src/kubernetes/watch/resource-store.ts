/** Where a reflector puts what it hears of one resource. */
import type { KubernetesObject } from '../object.ts';

export interface ResourceStore {
  /** A list begins: what it does not bring again is gone when it ends. */
  readonly beginList: () => void;
  readonly endList: () => void;
  /** `false` where there is no room for it. */
  readonly put: (object: KubernetesObject) => boolean;
  readonly remove: (object: KubernetesObject) => void;
  readonly clear: () => void;
}
