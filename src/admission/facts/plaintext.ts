/** Which credentials stand in the object in plain text. */
import { defineFact } from './fact.ts';

/** Not recorded: a finding tells all that there is, and values are no part of it. */
export const plaintextFact = defineFact('plaintext', {
  needs: ['object'],
  gather: ({ request, sources, deadlineAtMs }, { object }) =>
    sources.describePlaintext(request, object, deadlineAtMs),
  record: () => ({}),
});
