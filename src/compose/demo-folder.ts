/** Where the recorded day and its configuration lie. */
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../base/package-folder.ts';

/** The recording and its configuration are fixtures of the tests too. */
export const DEMO_FOLDER = join(PACKAGE_FOLDER, 'test', 'fixtures');
