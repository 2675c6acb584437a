/** The break-glass grant of a request that is decided again after a denial; absent before. */
import { defineFact } from './fact.ts';

/** Absent in the first evaluation, set explicitly in the second. */
export const grantFact = defineFact('grant', {
  needs: [],
  gather: () => ({ status: 'known', value: undefined }),
  // The record contains the counted use, which is known only after the decision.
  record: () => ({}),
});
