/** Which findings Argo CD passes on in the message of a sync that was refused. */
import { readDenial } from '../cluster/denial.ts';

/** As in the last line of the denial; `undefined` where it was not refused by a webhook of ours. */
export function readSyncFindings(message = ''): readonly string[] | undefined {
  // Argo CD tells how often it tried after the last line of the denial.
  return readDenial({ stderr: message.replace(/ \(retried \d+ times\)\.$/u, '') })?.findings;
}
