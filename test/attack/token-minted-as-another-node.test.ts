/** A node gets tokens for the pods that it runs, and for no other one's. */
import { attack } from '../support/attack/attack.ts';
import { mintAsNode } from '../support/attack/impersonate-node.ts';

attack('mint a token of the controller’s pod in the name of another node', {
  attempt: (ground) => mintAsNode(ground, 'worker-2'),
  code: 'writer_token_requested',
  refusedBy: 'gitops_accounts',
});
