/** Every account there may write sources, whatever it is called. */
import { attack } from '../support/attack/attack.ts';

attack('mint a token of an account of Flux', {
  attempt: ({ kubectl }) => kubectl(['create', 'token', 'default', '-n', 'flux-system']),
  code: 'writer_token_requested',
  refusedBy: 'gitops_accounts',
});
