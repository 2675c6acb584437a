/** The node that runs the controller's pod may have its token; its name alone may not. */
import { attack } from '../support/attack/attack.ts';
import { mintAsNode, showNode } from '../support/attack/impersonate-node.ts';
import { NODE_NAME } from '../support/cluster/users.ts';

attack('mint a token of the controller’s pod in the name of its node', {
  prepare: showNode,
  attempt: (ground) => mintAsNode(ground, NODE_NAME),
  code: 'writer_token_requested',
  refusedBy: 'gitops_accounts',
});
