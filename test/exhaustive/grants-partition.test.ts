/** The same as the integration test of this name, with more seeds. */
import { testSharedGrant } from '../support/grants/shared-grant-tests.ts';

testSharedGrant({ firstSeed: 1001, lastSeed: 1200 });
