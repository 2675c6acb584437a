/** The same as the integration test of this name, with a thousand seeds each. */
import { testFaultyDisk } from '../support/disk/faulty-disk-tests.ts';

testFaultyDisk({ honest: 1000, lying: 1000 });
