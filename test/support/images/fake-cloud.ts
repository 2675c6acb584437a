/**
 * The servers of clouds that give out credentials, in this process, with the answers that they document: AWS STS and ECR, the agent of
 * EKS Pod Identity, Microsoft Entra and the exchange of Azure's registries, Google's metadata server.
 *
 * It is strict: a request that the cloud would not understand is refused as the cloud refuses it, signatures are computed again by a
 * second implementation, and nothing is given for a token of somebody else. Every request is kept.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import {
  Agent as PlainAgent,
  createServer as createPlainServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { Agent, createServer } from 'node:https';
import { connect as connectPlain, type AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { requestBounded } from '../../../src/base/request-bounded.ts';
import { imageUnavailable, type ImageFailure } from '../../../src/image/image-failure.ts';
import type {
  TransportAnswer,
  TransportRequest,
} from '../../../src/image/registry/registry-transport.ts';
import { issueTestCertificate } from '../certificates.ts';
import type { ClosingHooks } from '../closing-hooks.ts';
import type { FakeAnswer } from './fake-registry.ts';

export interface FakeCloudOptions {
  /** Of the cloud. */
  readonly wallMs: () => number;
  /** How long what is given lives. @default 3600 */
  readonly lifeSeconds?: number;
  /** Looked at before anything else: an answer of its own, `hang` for none. */
  readonly intercept?: ((seen: CloudRequestSeen) => FakeAnswer | 'hang' | undefined) | undefined;
}

export interface CloudRequestSeen {
  readonly scheme: 'http' | 'https';
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const NAMES = [
  'sts.eu-west-1.amazonaws.com',
  'sts.us-gov-west-1.amazonaws.com',
  'sts.cn-north-1.amazonaws.com.cn',
  'api.ecr.eu-west-1.amazonaws.com',
  'api.ecr.us-east-1.amazonaws.com',
  'api.ecr.cn-north-1.amazonaws.com.cn',
  'ecr-fips.us-gov-west-1.amazonaws.com',
  'ecr.eu-west-1.api.aws',
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.chinacloudapi.cn',
  'myshop.azurecr.io',
  'other.azurecr.io',
  'myshop.azurecr.cn',
];

const authority = issueTestCertificate({ commonNames: ['Cloud CA'], purpose: 'authority' });
const server = issueTestCertificate({
  commonNames: ['cloud'],
  purpose: 'server',
  issuer: authority,
  dnsNames: NAMES,
});

const SKEW_MS_MAX = 300_000;
const MS_PER_SECOND = 1000;
const ACCOUNT = '123456789012';

/** Secrets and names of one test, made for it. */
function makeIdentity() {
  const secret = (prefix: string): string => `${prefix}${randomBytes(24).toString('hex')}`;
  return {
    keys: { id: `AKIA${randomBytes(8).toString('hex')}`, secret: secret('') },
    session: {
      id: `ASIA${randomBytes(8).toString('hex')}`,
      secret: secret(''),
      token: secret('s'),
    },
    role: `arn:aws:iam::${ACCOUNT}:role/holdfast`,
    /** Of the service account, as the kubelet writes it. */
    serviceAccountToken: secret('ey'),
    client: '11111111-2222-3333-4444-555555555555',
    tenant: '66666666-7777-8888-9999-aaaaaaaaaaaa',
    entraToken: secret('entra'),
    ecrPassword: secret('ecr'),
    googleToken: secret('ya29.'),
  };
}

/** `start()` listens on free ports of 127.0.0.1, until the test ends. */
export class FakeCloud {
  readonly identity = makeIdentity();
  readonly requests: CloudRequestSeen[] = [];
  readonly #options: FakeCloudOptions;
  #ports = { http: 0, https: 0 };

  private constructor(options: FakeCloudOptions) {
    this.#options = options;
  }

  static async start(t: ClosingHooks, options: FakeCloudOptions): Promise<FakeCloud> {
    const cloud = new FakeCloud(options);
    const listen = async (scheme: 'http' | 'https'): Promise<number> => {
      const listener = (request: IncomingMessage, response: ServerResponse): void => {
        void cloud.#receive(scheme, request, response);
      };
      const opened =
        scheme === 'http' ? createPlainServer(listener) : createServer(server, listener);
      await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve));
      t.after(() => {
        opened.closeAllConnections();
        opened.close();
      });
      return (opened.address() as AddressInfo).port;
    };
    cloud.#ports = { http: await listen('http'), https: await listen('https') };
    return cloud;
  }

  /** Of 127.0.0.1. */
  get ports(): { readonly http: number; readonly https: number } {
    return this.#ports;
  }

  /** Connects here, whatever the name; the certificate is checked for that name. */
  readonly agentFor = ({ protocol }: URL): Agent | PlainAgent => {
    const { http, https } = this.#ports;
    if (protocol === 'http:') {
      const agent = new PlainAgent();
      agent.createConnection = () => connectPlain({ host: '127.0.0.1', port: http });
      return agent;
    }
    const agent = new Agent();
    agent.createConnection = ({ servername }) =>
      connect({ host: '127.0.0.1', port: https, servername, ca: authority.cert });
    return agent;
  };

  /** As the transport of registries sends, without its rules. */
  readonly transport = {
    send: async (request: TransportRequest): Promise<TransportAnswer | ImageFailure> => {
      const { url, method = 'GET', accept, body, answerBytesMax } = request;
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await requestBounded({
        url,
        method,
        headers: { accept, ...(body !== undefined && type) },
        body,
        timeoutMs: 30_000,
        answerBytesMax,
        agent: this.agentFor(url),
      });
      return answer.status === 'answered'
        ? { ...answer, isRedirected: false }
        : imageUnavailable(`${url.host}: ${answer.reason}`);
    },
  };

  /** Where requests went, in order. */
  places(): readonly string[] {
    return this.requests.map(({ scheme, method, host, path }) => {
      const url = new URL(path, `${scheme}://${host}`);
      return `${method} ${url.href}`;
    });
  }

  async #receive(
    scheme: 'http' | 'https',
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
    const { method = '', url: path = '', headers } = request;
    const body = Buffer.concat(chunks).toString('utf8');
    const seen = { scheme, method, host: headers.host ?? '', path, headers, body };
    this.requests.push(seen);
    const own = this.#options.intercept?.(seen);
    if (own === 'hang') return;
    const answer = own ?? this.#answer(seen);
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }

  #answer(seen: CloudRequestSeen): FakeAnswer {
    const { scheme, host } = seen;
    if (scheme === 'http') {
      return seen.path.startsWith('/computeMetadata/') ? this.#google(seen) : this.#agent(seen);
    }
    if (host.startsWith('sts.')) return this.#sts(seen);
    if (/^(?:api\.ecr|ecr-fips|ecr)\./u.test(host)) return this.#ecr(seen);
    if (host.startsWith('login.')) return this.#entra(seen);
    return /\.azurecr\.(?:io|cn|us)$/u.test(host) ? this.#exchange(seen) : json(404, {});
  }

  #ends(): number {
    const { wallMs, lifeSeconds = 3600 } = this.#options;
    return wallMs() / MS_PER_SECOND + lifeSeconds;
  }

  #sts({ method, path, headers, body }: CloudRequestSeen): FakeAnswer {
    const { role, serviceAccountToken, session } = this.identity;
    const refuse = (status: number, Code: string): FakeAnswer =>
      json(status, { Error: { Code, Message: `${body} is refused`, Type: 'Sender' } });
    // Without it, the answer is XML.
    const isUnderstood = method === 'POST' && path === '/' && isForm(headers);
    if (!isUnderstood || headers.accept !== 'application/json') return refuse(400, 'InvalidAction');
    const fields = readFields(body);
    const { Action, Version, RoleArn, RoleSessionName, WebIdentityToken } = fields;
    if (Action !== 'AssumeRoleWithWebIdentity' || Version !== '2011-06-15') {
      return refuse(400, 'InvalidAction');
    }
    if (!/^[\w+=,.@-]{2,64}$/u.test(RoleSessionName ?? '')) return refuse(400, 'ValidationError');
    if (WebIdentityToken !== serviceAccountToken) return refuse(400, 'InvalidIdentityToken');
    if (RoleArn !== role) return refuse(403, 'AccessDenied');
    const Credentials = {
      AccessKeyId: session.id,
      SecretAccessKey: session.secret,
      SessionToken: session.token,
      Expiration: this.#ends(),
    };
    const result = { Credentials, Provider: `arn:aws:iam::${ACCOUNT}:oidc-provider/example` };
    return json(200, {
      AssumeRoleWithWebIdentityResponse: { AssumeRoleWithWebIdentityResult: result },
    });
  }

  /** The agent of EKS Pod Identity, whose refusals are text. */
  #agent({ method, path, headers }: CloudRequestSeen): FakeAnswer {
    if (method !== 'GET' || path !== '/v1/credentials') return { status: 404, body: 'Not Found' };
    const { serviceAccountToken, session } = this.identity;
    if (headers.authorization !== serviceAccountToken) {
      return { status: 400, body: `(InvalidTokenException): ${headers.authorization ?? ''}` };
    }
    return json(200, {
      AccessKeyId: session.id,
      SecretAccessKey: session.secret,
      Token: session.token,
      AccountId: ACCOUNT,
      Expiration: new Date(this.#ends() * MS_PER_SECOND).toISOString(),
    });
  }

  #ecr(seen: CloudRequestSeen): FakeAnswer {
    const { method, path, host, headers, body } = seen;
    const refuse = (type: string): FakeAnswer => json(400, { __type: type, message: body });
    const target = 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken';
    const type = headers['content-type'];
    if (method !== 'POST' || path !== '/' || type !== 'application/x-amz-json-1.1') {
      return refuse('UnknownOperationException');
    }
    const isAsked = headers['x-amz-target'] === target && body === '{}';
    if (!isAsked) return refuse('SerializationException');
    const fault = this.#findSignatureFault(seen);
    if (fault !== undefined) return refuse(fault);
    const { ecrPassword } = this.identity;
    const region = /\.([a-z]+-[a-z-]+-\d)\./u.exec(host)?.[1] ?? '';
    return json(200, {
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${ecrPassword}`).toString('base64'),
          expiresAt: this.#ends() + 11 * 3600,
          proxyEndpoint: `https://${ACCOUNT}.dkr.ecr.${region}.amazonaws.com`,
        },
      ],
    });
  }

  /** Source: AWS, "Create a signed AWS API request". Written apart from what it checks. */
  #findSignatureFault({ host, headers, body }: CloudRequestSeen): string | undefined {
    const parts =
      /^AWS4-HMAC-SHA256 Credential=(?<id>[^/]+)\/(?<day>\d{8})\/(?<region>[^/]+)\/ecr\/aws4_request, SignedHeaders=(?<names>[a-z0-9;-]+), Signature=(?<signature>[0-9a-f]{64})$/u.exec(
        headers.authorization ?? '',
      )?.groups ?? {};
    const { id = '', day = '', region = '', names = '', signature } = parts;
    const { keys, session } = this.identity;
    const secret = { [keys.id]: keys.secret, [session.id]: session.secret }[id];
    const token = id === session.id ? session.token : undefined;
    if (secret === undefined || headers['x-amz-security-token'] !== token) {
      return 'UnrecognizedClientException';
    }
    const time = String(headers['x-amz-date']);
    const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u.exec(time) ?? [];
    const signedMs = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
    const skewMs = Math.abs(signedMs - this.#options.wallMs());
    const isInScope = host.includes(`.${region}.`) && time.startsWith(day);
    if (!isInScope || !(skewMs < SKEW_MS_MAX)) return 'InvalidSignatureException';
    const signed = names.split(';');
    const isWhole = ['host', 'x-amz-date', 'x-amz-target', 'content-type'].every((name) =>
      signed.includes(name),
    );
    if (!isWhole) return 'InvalidSignatureException';
    const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
    const mac = (key: string | Buffer, text: string): Buffer =>
      createHmac('sha256', key).update(text).digest();
    const lines = signed.map((name) => `${name}:${String(headers[name])}`).join('\n');
    const request = `POST\n/\n\n${lines}\n\n${names}\n${sha(body)}`;
    const wanted = `AWS4-HMAC-SHA256\n${time}\n${day}/${region}/ecr/aws4_request\n${sha(request)}`;
    const key = mac(mac(mac(mac(`AWS4${secret}`, day), region), 'ecr'), 'aws4_request');
    return mac(key, wanted).toString('hex') === signature ? undefined : 'InvalidSignatureException';
  }

  #entra({ method, path, headers, body }: CloudRequestSeen): FakeAnswer {
    const { client, tenant, serviceAccountToken, entraToken } = this.identity;
    const refuse = (status: number, error: string, number: number): FakeAnswer =>
      json(status, {
        error,
        error_description: `AADSTS${number}: ${body} Trace ID: 1`,
        error_codes: [number],
      });
    if (method !== 'POST' || !isForm(headers)) return refuse(400, 'invalid_request', 900144);
    if (path !== `/${tenant}/oauth2/v2.0/token`) return refuse(400, 'invalid_request', 90002);
    const fields = readFields(body);
    const { grant_type, client_id, scope, client_assertion_type, client_assertion } = fields;
    if (
      grant_type !== 'client_credentials' ||
      client_assertion_type !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    ) {
      return refuse(400, 'unsupported_grant_type', 70003);
    }
    if (scope !== 'https://containerregistry.azure.net/.default') {
      return refuse(400, 'invalid_scope', 70011);
    }
    if (client_id !== client) return refuse(400, 'unauthorized_client', 700016);
    if (client_assertion !== serviceAccountToken) return refuse(401, 'invalid_client', 700213);
    const expires_in = this.#options.lifeSeconds ?? 3600;
    return json(200, { token_type: 'Bearer', expires_in, access_token: entraToken });
  }

  /** A registry gives its own token, to an identity that may read it: all but `other`. */
  #exchange({ method, path, host, headers, body }: CloudRequestSeen): FakeAnswer {
    const { tenant, entraToken } = this.identity;
    const refuse = (status: number, code: string): FakeAnswer =>
      json(status, { errors: [{ code, message: `${body}: authentication required` }] });
    if (path !== '/oauth2/exchange') return refuse(404, 'NOT_FOUND');
    if (method !== 'POST' || !isForm(headers)) return refuse(400, 'BAD_REQUEST');
    const fields = readFields(body);
    if (fields['grant_type'] !== 'access_token' || fields['service'] !== host) {
      return refuse(400, 'BAD_REQUEST');
    }
    const isKnown = fields['access_token'] === entraToken && fields['tenant'] === tenant;
    if (!isKnown || host.startsWith('other.')) return refuse(401, 'UNAUTHORIZED');
    return json(200, { refresh_token: this.refreshTokenOf(host) });
  }

  /** A JSON web token whose signature nobody but the registry checks. */
  refreshTokenOf(host: string): string {
    const part = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { aud: host, exp: Math.floor(this.#ends()), grant_type: 'refresh_token' };
    return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJl`;
  }

  #google({ method, path, headers }: CloudRequestSeen): FakeAnswer {
    const own = { 'metadata-flavor': 'Google', server: 'Metadata Server' };
    if (headers['metadata-flavor'] !== 'Google') return { status: 403, headers: own, body: '' };
    const token = '/computeMetadata/v1/instance/service-accounts/default/token';
    if (method !== 'GET' || path !== token) return { status: 404, headers: own, body: 'Not Found' };
    const expires_in = this.#options.lifeSeconds ?? 3599;
    const access_token = this.identity.googleToken;
    return json(200, { access_token, expires_in, token_type: 'Bearer' }, own);
  }
}

function isForm(headers: IncomingHttpHeaders): boolean {
  return headers['content-type'] === 'application/x-www-form-urlencoded';
}

function readFields(body: string): Partial<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(body));
}

function json(
  status: number,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): FakeAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}
