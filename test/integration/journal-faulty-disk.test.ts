/** A sample of the seeds; a thousand of each kind run with `npm run test:rest`. */
import { testFaultyDisk } from '../support/disk/faulty-disk-tests.ts';

testFaultyDisk({ honest: 80, lying: 40 });
