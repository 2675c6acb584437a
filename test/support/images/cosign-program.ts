/** The real cosign, with a home of its own: nothing of this machine is read, and no service is asked. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ClosingHooks } from '../closing-hooks.ts';
import { prepareImageTool } from '../assets/image-tools.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { makeKeys, type KeyKind } from './image-samples.ts';

const run = promisify(execFile);
/** cosign does everything here within seconds; what takes longer waits for a service. */
const TIMEOUT_MS = 120_000;
/** Signs without a log and without asking which services there are. */
const OFFLINE = ['--tlog-upload=false', '--use-signing-config=false', '--yes'];

/** Signs with what these services say. The token is in a file: on the command line, it would have to be signed with RSA. */
const SERVICES = [
  '--signing-config=signing_config.json',
  '--trusted-root=trusted_root.json',
  '--identity-token=identity.jwt',
];

/** `legacy`: as before version 3, under the tags `.sig` and `.att`. */
export type CosignFormat = 'bundle' | 'legacy';

export interface Attestation {
  readonly image: string;
  readonly key: string;
  /** A type of cosign, or a URI. */
  readonly type: string;
  readonly format: CosignFormat;
  /** cosign reads those of its own types strictly. @default something else */
  readonly predicate?: object;
}

/** `open()` finds or builds the program. */
export class Cosign {
  readonly folder: string;
  readonly #program: string;

  private constructor(program: string, folder: string) {
    this.#program = program;
    this.folder = folder;
  }

  static async open(t: ClosingHooks): Promise<Cosign> {
    const program = await prepareImageTool('cosign');
    return new Cosign(program, await makeTemporaryFolder(t, {}));
  }

  /** Makes a key pair of cosign: `<name>.key` and `<name>.pub`. */
  async makeKey(name: string, kind: KeyKind = 'P-256'): Promise<void> {
    if (kind === 'P-256') {
      await this.#run(['generate-key-pair', '--output-key-prefix', name]);
      return;
    }
    const { privateKey } = makeKeys(kind);
    const file = join(this.folder, `${name}.pem`);
    await writeFile(file, privateKey.export({ format: 'pem', type: 'pkcs8' }));
    await this.#run(['import-key-pair', '--key', file, '--output-key-prefix', name]);
  }

  async sign(image: string, key: string, format: CosignFormat): Promise<void> {
    await this.#run(['sign', '--key', `${key}.key`, ...OFFLINE, ...formatFlags(format), image]);
  }

  async attest({ image, key, type, format, predicate }: Attestation): Promise<void> {
    const value = JSON.stringify(predicate ?? { a: 'b' });
    await writeFile(join(this.folder, 'predicate.json'), value);
    const what = ['--type', type, '--predicate', 'predicate.json'];
    const flags = [...OFFLINE, ...formatFlags(format)];
    await this.#run(['attest', '--key', `${key}.key`, ...what, ...flags, image]);
  }

  /** Signs without a key, as the identity token says who, by the services of the signing configuration in its folder. */
  async signWithToken(image: string, token: string): Promise<void> {
    await writeFile(join(this.folder, 'identity.jwt'), token);
    await this.#run(['sign', ...SERVICES, image]);
  }

  /** The same of an attestation. */
  async attestWithToken(
    image: string,
    token: string,
    { type, predicate }: { readonly type: string; readonly predicate: object },
  ): Promise<void> {
    await writeFile(join(this.folder, 'identity.jwt'), token);
    await writeFile(join(this.folder, 'predicate.json'), JSON.stringify(predicate));
    const what = ['--type', type, '--predicate', 'predicate.json'];
    await this.#run(['attest', ...SERVICES, ...what, image]);
  }

  /** Whether cosign itself finds a signature of the key that counts. */
  async verify(image: string, key: string, hash = 'sha256'): Promise<boolean> {
    const argv = ['--signature-digest-algorithm', hash, image];
    return await this.#succeeds(['verify', ...trust(key), ...argv]);
  }

  /** Whether cosign itself finds a signature by a certificate that counts, with the trusted root in its folder. */
  async verifyCertificate(image: string, issuer: string, identity: string): Promise<boolean> {
    const who = ['--certificate-oidc-issuer', issuer, '--certificate-identity', identity];
    return await this.#succeeds(['verify', '--trusted-root', 'trusted_root.json', ...who, image]);
  }

  /** The same of an attestation of the type. */
  async verifyCertificateAttestation(
    image: string,
    type: string,
    { issuer, identity }: { readonly issuer: string; readonly identity: string },
  ): Promise<boolean> {
    const who = ['--certificate-oidc-issuer', issuer, '--certificate-identity', identity];
    const what = ['--type', type, '--trusted-root', 'trusted_root.json'];
    return await this.#succeeds(['verify-attestation', ...what, ...who, image]);
  }

  /** Whether cosign itself finds an attestation of the type. */
  async verifyAttestation(image: string, key: string, type: string): Promise<boolean> {
    return await this.#succeeds(['verify-attestation', '--type', type, ...trust(key), image]);
  }

  async #succeeds(argv: readonly string[]): Promise<boolean> {
    try {
      await this.#run(argv);
      return true;
    } catch (error) {
      // Killed at the time-out: that is no verdict.
      if (error instanceof Error && 'killed' in error && error.killed === true) throw error;
      return false;
    }
  }

  async #run(argv: readonly string[]): Promise<void> {
    await run(this.#program, argv, {
      cwd: this.folder,
      timeout: TIMEOUT_MS,
      env: { HOME: this.folder, PATH: '', COSIGN_PASSWORD: '', COSIGN_YES: 'true' },
    });
  }
}

function formatFlags(format: CosignFormat): readonly string[] {
  return format === 'legacy' ? ['--new-bundle-format=false'] : [];
}

function trust(key: string): readonly string[] {
  return ['--key', `${key}.pub`, '--insecure-ignore-tlog=true'];
}
