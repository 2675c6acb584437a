/** What ownership asks of the cluster. */
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';

export type OwnershipLookups = Pick<
  ClusterLookup,
  | 'lookupObject'
  | 'lookupMetadata'
  | 'lookupFresh'
  | 'findManagedInNamespace'
  | 'findClaimed'
  | 'leftBehind'
  | 'findScalers'
  | 'findClaims'
  | 'findSelecting'
>;
