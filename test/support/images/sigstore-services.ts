/** The real services of sigstore on loopback: Fulcio, its log of certificates, Rekor, and the timestamp authority. */
import { generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareImageTool, type ImageToolName } from '../assets/image-tools.ts';
import type { ClosingHooks } from '../closing-hooks.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { CODE_SIGNING, issue, pem, type Issued } from '../signatures/certificate-builder.ts';
import { formatTrustedRoot, type TrustedParties } from '../signatures/trusted-root.ts';
import { makeTargetFolder, startTargetProcess } from '../sinks/target-process.ts';
import { AUDIENCE, IdentityProvider } from './identity-provider.ts';

/** An authority as Fulcio's: the certificate that issues, and the root that has issued it. */
export interface AuthorityChain {
  readonly issuing: Issued;
  readonly root: Issued;
}

/** Whom Fulcio takes tokens from. */
export interface IdentityProviders {
  /** With verified addresses. */
  readonly people: IdentityProvider;
  /** With the claims `workflow`, `repository` and `sha`. */
  readonly workflows: IdentityProvider;
}

const HOST = '127.0.0.1';
const PASSWORD = 'for tests';
const MINUTE_MS = 60_000;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu;

/** A chain under the names of Fulcio's, with keys of its own. */
export function makeAuthorityChain(): AuthorityChain {
  const root = issue({ commonName: 'fulcio', isAuthority: true });
  const issuing = issue({
    commonName: 'fulcio-intermediate',
    issuer: root,
    isAuthority: true,
    pathLength: 0,
    purposes: [CODE_SIGNING],
  });
  return { issuing, root };
}

interface Keys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** `start()` finds or builds the programs, and makes their keys; they end with the test. */
export class SigstoreServices {
  readonly providers: IdentityProviders;
  /** Whom a verifier trusts who trusts these services. */
  readonly parties: TrustedParties;
  readonly #urls: ServiceUrls;

  private constructor(providers: IdentityProviders, urls: ServiceUrls, parties: TrustedParties) {
    this.providers = providers;
    this.#urls = urls;
    this.parties = parties;
  }

  static async start(t: ClosingHooks): Promise<SigstoreServices> {
    const providers = {
      people: await IdentityProvider.start(t),
      workflows: await IdentityProvider.start(t),
    };
    const authority = makeAuthorityChain();
    const rekorKeys = generateKeyPairSync('ed25519');
    const certificateLogKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const certificateLog = await startCertificateLog(t, certificateLogKeys, authority);
    const fulcio = await startFulcio(t, { authority, certificateLog, providers });
    const rekor = await startRekor(t, rekorKeys);
    const timestamps = await startTimestampAuthority(t);
    const parties = {
      startMs: Date.now() - 10 * MINUTE_MS,
      logs: [{ publicKey: rekorKeys.publicKey, baseUrl: rekor, origin: HOST }],
      certificateLogs: [{ publicKey: certificateLogKeys.publicKey, baseUrl: certificateLog }],
      authorities: [[authority.issuing.certificate, authority.root.certificate]],
      timestampAuthorities: [await fetchChain(timestamps)],
    };
    return new SigstoreServices(providers, { fulcio, rekor, timestamps }, parties);
  }

  /** The value of its `trusted_root.json`. */
  trustedRoot(changes: Partial<TrustedParties> = {}) {
    return formatTrustedRoot({ ...this.parties, ...changes });
  }

  /** The value of its `signing_config.json`. Source: sigstore's protobuf-specs, sigstore_trustroot.proto. */
  signingConfiguration() {
    const { fulcio, rekor, timestamps } = this.#urls;
    const service = (url: string, majorApiVersion: number) => ({
      url,
      majorApiVersion,
      validFor: { start: new Date(this.parties.startMs).toISOString() },
      operator: 'tests',
    });
    return {
      mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
      caUrls: [service(fulcio, 1)],
      oidcUrls: [service(this.providers.people.issuer, 1)],
      rekorTlogUrls: [service(rekor, 2)],
      rekorTlogConfig: { selector: 'ANY' },
      tsaUrls: [service(`${timestamps}/api/v1/timestamp`, 1)],
      tsaConfig: { selector: 'ANY' },
    };
  }
}

interface ServiceUrls {
  readonly fulcio: string;
  readonly rekor: string;
  readonly timestamps: string;
}

/** Its metrics listen on a port of every interface, and there is no way round that. Source: fulcio, cmd/app/serve.go. */
async function startFulcio(
  t: ClosingHooks,
  {
    authority,
    certificateLog,
    providers,
  }: {
    readonly authority: AuthorityChain;
    readonly certificateLog: string;
    readonly providers: IdentityProviders;
  },
): Promise<string> {
  const { issuing, root } = authority;
  return await startService(t, 'fulcio', {
    files: {
      'fulcio.json': JSON.stringify(configureFulcio(providers)),
      'chain.pem': `${pem(issuing.certificate)}${pem(root.certificate)}`,
      'key.pem': issuing.privateKey
        .export({ format: 'pem', type: 'sec1', cipher: 'aes-256-cbc', passphrase: PASSWORD })
        .toString(),
    },
    command: ['serve'],
    flags: ([port, grpcPort]) => ({
      'config-path': 'fulcio.json',
      ca: 'fileca',
      'fileca-cert': 'chain.pem',
      'fileca-key': 'key.pem',
      'fileca-key-passwd': PASSWORD,
      'fileca-watch': false,
      'ct-log-url': certificateLog,
      host: HOST,
      port,
      'grpc-host': HOST,
      'grpc-port': grpcPort,
      'legacy-unix-domain-socket': 'legacy.sock',
      'metrics-port': 0,
    }),
    healthPath: '/healthz',
  });
}

/** Which claims of workflows become which extensions. Source: fulcio, pkg/config and docs/oid-info.md. */
function configureFulcio({ people, workflows }: IdentityProviders) {
  const provider = ({ issuer }: IdentityProvider) => ({ IssuerURL: issuer, ClientID: AUDIENCE });
  return {
    OIDCIssuers: {
      [people.issuer]: { ...provider(people), Type: 'email' },
      [workflows.issuer]: { ...provider(workflows), Type: 'ci-provider', CIProvider: 'tests' },
    },
    CIIssuerMetadata: {
      tests: {
        SubjectAlternativeNameTemplate: 'workflow',
        ExtensionTemplates: {
          BuildSignerURI: 'workflow',
          SourceRepositoryURI: 'repository',
          SourceRepositoryDigest: 'sha',
        },
      },
    },
  };
}

/** A log of certificates (RFC 6962) that takes those of the authority. Source: tesseract, cmd/tesseract/posix. */
async function startCertificateLog(
  t: ClosingHooks,
  { privateKey }: Keys,
  { root }: AuthorityChain,
): Promise<string> {
  return await startService(t, 'tesseract', {
    files: {
      'key.pem': privateKey.export({ format: 'pem', type: 'sec1' }).toString(),
      'roots.pem': pem(root.certificate),
    },
    flags: ([port]) => ({
      origin: HOST,
      http_endpoint: `${HOST}:${port}`,
      storage_dir: 'log',
      private_key: 'key.pem',
      roots_pem_file: 'roots.pem',
      ext_key_usages: 'CodeSigning',
    }),
    healthPath: '/healthz',
  });
}

/** Version 2, which keeps its tiles in a folder. Its checkpoints bear the name of the host. Source: rekor-tiles, cmd/rekor-server/posix. */
async function startRekor(t: ClosingHooks, { privateKey }: Keys): Promise<string> {
  return await startService(t, 'rekor-server', {
    files: { 'key.pem': privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() },
    command: ['serve'],
    flags: ([port, grpcPort, metricsPort]) => ({
      'http-address': HOST,
      'http-port': port,
      'grpc-address': HOST,
      'grpc-port': grpcPort,
      'http-metrics-port': metricsPort,
      hostname: HOST,
      'storage-dir': 'log',
      'signer-filepath': 'key.pem',
      'checkpoint-interval': '1s',
    }),
    healthPath: '/healthz',
  });
}

async function startTimestampAuthority(t: ClosingHooks): Promise<string> {
  return await startService(t, 'timestamp-server', {
    flags: ([port]) => ({ host: HOST, port }),
    healthPath: '/ping',
  });
}

async function fetchChain(timestamps: string): Promise<readonly Uint8Array[]> {
  const text = await (await fetch(`${timestamps}/api/v1/timestamp/certchain`)).text();
  return [...text.matchAll(CERTIFICATE)].map(([one]) => new X509Certificate(one).raw);
}

const PORTS_MAX = 3;

/** Starts a program in a folder with these files; its URL is that of its first port. */
async function startService(
  t: ClosingHooks,
  name: ImageToolName,
  service: {
    readonly files?: Readonly<Record<string, string>>;
    readonly command?: readonly string[];
    readonly flags: (ports: readonly number[]) => Readonly<Record<string, unknown>>;
    readonly healthPath: string;
  },
): Promise<string> {
  const { files = {}, command = [], flags, healthPath } = service;
  const program = await prepareImageTool(name);
  const folder = await makeTargetFolder();
  for (const [file, text] of Object.entries(files)) {
    await writeFile(join(folder, file), text);
  }
  const ports = await findFreePorts(PORTS_MAX);
  const url = `http://${HOST}:${ports[0]}`;
  const isReady = async (): Promise<boolean> => (await fetch(`${url}${healthPath}`)).ok;
  const argv = Object.entries(flags(ports)).map(([flag, value]) => `--${flag}=${String(value)}`);
  await startTargetProcess(t, { program, argv: [...command, ...argv], folder, isReady });
  return url;
}
