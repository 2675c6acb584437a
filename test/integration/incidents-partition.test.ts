/**
 * Two replicas that hear of the same causes while they are cut off, stand still, end, and have clocks that do not agree: one
 * incident for each cause, resolved once, with every attempt. The seeds of `test/exhaustive/` are others.
 */
import { testPartitions } from '../support/alerts/partition-tests.ts';

testPartitions({ firstSeed: 1, lastSeed: 10 });
