/** The same as the integration test of this name, with more seeds. */
import { testPartitions } from '../support/alerts/partition-tests.ts';

testPartitions({ firstSeed: 1001, lastSeed: 1060 });
