/** What ownership asks of the cluster. */
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';

export type OwnershipLookups = Pick<
  ClusterLookup,
  | 'lookupObject'
  | 'lookupMetadata'
  | 'lookupFresh'
  | 'findManagedInNamespace'
  | 'leftBehind'
  | 'findScalers'
  | 'findClaims'
  | 'findSelecting'
>;
