/** Accounts of NATS by signed tokens, as an operator hands them out: an operator, an account and a user. */
import { nkeys } from '@nats-io/transport-node';

type KeyPair = ReturnType<typeof nkeys.createUser>;

export interface NatsAccounts {
  /** Lines for the server's configuration. */
  readonly configuration: readonly string[];
  /** The text of the user's credentials file. */
  readonly credentials: string;
}

const NO_LIMIT = -1;

/** Makes new keys for all three, and a user who may do everything in the account. */
export function issueNatsAccounts(): NatsAccounts {
  const operator = nkeys.createOperator();
  const account = nkeys.createAccount();
  const user = nkeys.createUser();
  const operatorToken = sign(operator, operator, { type: 'operator', version: 2 });
  // JetStream itself works in an account of its own, which has no streams.
  const system = nkeys.createAccount();
  const systemToken = sign(operator, system, formatAccount({}));
  const streams = { mem_storage: NO_LIMIT, disk_storage: NO_LIMIT, streams: NO_LIMIT };
  const accountToken = sign(operator, account, formatAccount({ ...streams, consumer: NO_LIMIT }));
  const userToken = sign(account, user, {
    type: 'user',
    version: 2,
    pub: {},
    sub: {},
    subs: NO_LIMIT,
    data: NO_LIMIT,
    payload: NO_LIMIT,
  });
  return {
    configuration: [
      `operator: ${operatorToken}`,
      'resolver: MEMORY',
      `system_account: ${system.getPublicKey()}`,
      'resolver_preload: {',
      `  ${system.getPublicKey()}: ${systemToken}`,
      `  ${account.getPublicKey()}: ${accountToken}`,
      '}',
    ],
    credentials: formatCredentials(userToken, new TextDecoder().decode(user.getSeed())),
  };
}

function formatAccount(streams: Readonly<Record<string, number>>): object {
  return {
    type: 'account',
    version: 2,
    default_permissions: { pub: {}, sub: {} },
    limits: {
      subs: NO_LIMIT,
      data: NO_LIMIT,
      payload: NO_LIMIT,
      conn: NO_LIMIT,
      leaf: NO_LIMIT,
      imports: NO_LIMIT,
      exports: NO_LIMIT,
      wildcards: true,
      ...streams,
    },
  };
}

/** A JSON web token in NATS's own dialect. */
function sign(issuer: KeyPair, subject: KeyPair, nats: object): string {
  const claims = {
    jti: subject.getPublicKey(),
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: 'test',
    nats,
  };
  const signed = `${encode({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encode(claims)}`;
  const signature = issuer.sign(new TextEncoder().encode(signed));
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function formatCredentials(token: string, seed: string): string {
  return [
    '-----BEGIN NATS USER JWT-----',
    token,
    '------END NATS USER JWT------',
    '',
    '-----BEGIN USER NKEY SEED-----',
    seed,
    '------END USER NKEY SEED------',
    '',
  ].join('\n');
}
