/** Where a request is, as far as the settings of policies ask for it. */
import type { Labels } from './namespace-selector.ts';

export interface RequestPlace {
  /** Absent for cluster-scoped objects, to which no rule about namespaces applies. A Namespace is in itself. */
  readonly namespace: string | undefined;
  /** Of the namespace; of a Namespace that changes, before and after. Absent where they are not known. */
  readonly labels?: readonly Labels[] | undefined;
}
