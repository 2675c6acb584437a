/** The user of the request, verified against the cluster if it claims to be a GitOps writer. */
import { defineFact } from './fact.ts';

/** Gathered for every request that a policy matches. */
export const actorFact = defineFact('actor', {
  needs: [],
  gather: ({ request, sources, claimed, deadlineAtMs }) =>
    sources.proveActor(request, claimed, deadlineAtMs),
  record: ({ class: actorClass, proof, credential }) => ({
    actor: { class: actorClass, proof, ...(credential && { credential }) },
  }),
});
