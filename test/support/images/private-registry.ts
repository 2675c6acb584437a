/** A real registry that wants a name and a password, and serves by https what another one has stored. */
import { hash } from 'bcryptjs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareImageTool } from '../assets/image-tools.ts';
import { issueTestCertificate } from '../certificates.ts';
import type { ClosingHooks } from '../closing-hooks.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { createHttpsClient } from '../https-client.ts';
import { makeTargetFolder, startTargetProcess } from '../sinks/target-process.ts';

export interface PrivateRegistry {
  /** As in a reference. */
  readonly host: string;
  /** Of its certificate, in PEM. */
  readonly caFile: string;
}

/** The least that bcrypt has: the registry checks it with each request. */
const ROUNDS = 4;
const UNAUTHORIZED = 401;

/** Starts it on the data folder of the other registry; it ends with the test. Source: distribution, docs "htpasswd". */
export async function startPrivateRegistry(
  t: ClosingHooks,
  {
    dataFolder,
    username,
    password,
  }: {
    readonly dataFolder: string;
    readonly username: string;
    readonly password: string;
  },
): Promise<PrivateRegistry> {
  const program = await prepareImageTool('registry');
  const folder = await makeTargetFolder();
  const [port = 0] = await findFreePorts(1);
  const host = `127.0.0.1:${port}`;
  const { cert, key } = issueTestCertificate({ commonNames: ['registry'], purpose: 'server' });
  const caFile = join(folder, 'tls.crt');
  await writeFile(caFile, cert);
  await writeFile(join(folder, 'tls.key'), key);
  await writeFile(join(folder, 'htpasswd'), `${username}:${await hash(password, ROUNDS)}\n`);
  const lines = [
    'version: 0.1',
    `storage: { filesystem: { rootdirectory: "${dataFolder}" } }`,
    `http: { addr: "${host}", tls: { certificate: tls.crt, key: tls.key } }`,
    'auth: { htpasswd: { realm: tests, path: htpasswd } }',
  ];
  await writeFile(join(folder, 'registry.yaml'), `${lines.join('\n')}\n`);
  const client = createHttpsClient(`https://${host}`, { ca: cert });
  t.after(() => client.close());
  const isReady = async (): Promise<boolean> =>
    (await client.send('/v2/')).httpStatus === UNAUTHORIZED;
  await startTargetProcess(t, { program, argv: ['serve', 'registry.yaml'], folder, isReady });
  return { host, caFile };
}
