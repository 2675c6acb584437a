/** The node's name and an invented certificate are not the node. */
import { attack } from '../support/attack/attack.ts';
import { mintAsNode, showNode } from '../support/attack/impersonate-node.ts';
import { NODE_NAME } from '../support/cluster/users.ts';

attack('mint a token of the controller’s pod in the name of its node, with a forged credential', {
  prepare: showNode,
  attempt: (ground) => mintAsNode(ground, NODE_NAME, `X509SHA256=${'5e'.repeat(32)}`),
  code: 'writer_token_requested',
  refusedBy: 'gitops_accounts',
});
