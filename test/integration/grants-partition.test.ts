/**
 * Two replicas that share the uses of a grant while they are cut off from the API server, lose requests or answers, end and begin again,
 * and have clocks that do not agree. The seeds of `test/exhaustive/` are others.
 */
import { testSharedGrant } from '../support/grants/shared-grant-tests.ts';

testSharedGrant({ firstSeed: 1, lastSeed: 40 });
