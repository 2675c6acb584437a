/**
 * Every option and argument of every command that names a file or a folder, given one that is absent, of the other kind,
 * below a file, in a circle of links, or without meaning: one problem, which names what was given, and a remedy. Never
 * silence, a stack, or an error number of the operating system.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { symlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'node:test';
import { generateSigningKeyText } from '../../src/base/json-web-signature.ts';
import { StateDatabase } from '../../src/audit/journal/state-database.ts';
import type { CommandDefinition } from '../../src/cli/command.ts';
import { COMMANDS, COMMAND_GROUPS } from '../../src/cli/commands.ts';
import type { ExitStatus } from '../../src/cli/exit-codes.ts';
import { runProgram } from '../../src/cli/program.ts';
import { serverCertificatesOf } from '../support/certificates.ts';
import { recordContext } from '../support/command-context.ts';
import { bundleFolder } from '../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const NAMES_A_PATH = new Set(['FILE', 'FOLDER', 'DIR', 'PATH', 'SOURCES', 'REPOSITORY']);

/** What makes a command read its configuration: journals that are named, and repositories in folders, need none. */
const CONFIGURED: Readonly<Record<string, readonly string[]>> = {
  'audit export': [],
  'audit verify': [],
  'drift show': ['D1'],
  'lineage show': ['argocd/shop'],
  report: [],
  'verify commit': ['https://127.0.0.1:1/a.git', 'HEAD'],
};

/** What an option needs beside itself. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  'trusted-root': ['--issuer', 'https://issuer.example', '--identity', 'alice'],
};

/** What one option of a command needs besides. */
const BESIDE_OF: Readonly<Record<string, readonly string[]>> = {
  'policy build --kubeconfig': ['--from-cluster'],
};

/** What is written to the path, so that it must be free or a folder to be made. */
const WRITTEN = new Set(['out', 'cases']);

/** The other words that a command needs before it looks at the one in question. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'audit export': ['--format', 'package', '--out', 'evidence', '--sign-key', 'key.jwk'],
  gatekeeper: ['--key', 'key.jwk', '--namespace', 'a', '--kubeconfig', 'kubeconfig.yaml'],
  'freeze create': ['--reason', 'r'],
  'freeze end': ['--reason', 'r'],
  'grant approve': ['--key', 'key.jwk'],
  'grant create': [
    '--key',
    'key.jwk',
    '--subject',
    'alice',
    '--cluster',
    'c',
    '--resource',
    'pods',
    '--object',
    'a',
    '--reason',
    'r',
  ],
  images: ['--kubeconfig', 'kubeconfig.yaml', '--key', 'key.pem'],
  'lineage verify': ['--key', 'key.jwk', '--cluster', 'c', '--statements-namespace', 's'],
  manifests: ['--diff', '--kubeconfig', 'kubeconfig.yaml'],
  report: ['--replay'],
  'policy build': ['--out', 'built'],
  'policy pull': ['--key', 'key.pem', '--plain-http', '127.0.0.1:1'],
  'policy sign': ['--key', 'key.pem'],
  'policy verify': ['--key', 'key.pem'],
  'verify app': ['--kubeconfig', 'kubeconfig.yaml'],
  'verify image': ['--key', 'key.pem'],
  'verify manifest': ['--file', 'object.yaml'],
};

const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  'audit export': ['journal'],
  'audit replay': ['sink'],
  'audit verify': ['journal'],
  'drift show': ['D1', 'journal'],
  'drift heal': ['01JD3V9K2MZX5Q7R8T0W1Y2A3B'],
  'lineage show': ['argocd/shop', 'journal'],
  'lineage verify': ['argocd/shop', '1'.repeat(40)],
  'credential accept': ['alice'],
  'credential forget': ['alice'],
  evaluate: ['object.yaml'],
  'freeze end': ['name'],
  'grant approve': ['grant.yaml'],
  'grant request': ['pods/a/b'],
  'grant revoke': ['name'],
  'grant show': ['grant.yaml'],
  'policy explain': ['object.yaml'],
  'policy new': ['sample'],
  'policy pull': ['127.0.0.1:1/policies:prod'],
  'policy push': ['shipped', '127.0.0.1:1/policies:prod'],
  'policy replay': ['journal'],
  'policy sign': ['bundle'],
  'policy verify': ['bundle'],
  report: ['journal'],
  'verify app': ['checkout'],
  'verify commit': ['repository', 'HEAD'],
  'verify image': ['registry.example/app:1'],
  'verify manifest': ['manifests'],
};

type Bad =
  'absent' | 'a folder' | 'a file' | 'below a file' | 'a circle of links' | 'without meaning';

const WORDS: Readonly<Record<Bad, string>> = {
  absent: 'absent/nothing.yaml',
  'a folder': 'folder',
  'a file': 'garbage',
  'below a file': 'garbage/below',
  'a circle of links': 'circle',
  'without meaning': 'garbage',
};

const INPUT_FILE: readonly Bad[] = [
  'absent',
  'a folder',
  'below a file',
  'a circle of links',
  'without meaning',
];
const INPUT_FOLDER: readonly Bad[] = [
  'absent',
  'a folder',
  'a file',
  'below a file',
  'a circle of links',
];
const OUTPUT: readonly Bad[] = ['below a file', 'a circle of links'];

interface Slot {
  readonly what: string;
  readonly argv: (word: string) => readonly string[];
  readonly bads: readonly Bad[];
}

/** Where a command is given a file or a folder. */
function slotsOf({
  name,
  arguments: given = [],
  options = [],
}: CommandDefinition): readonly Slot[] {
  const words = name.split(' ');
  const needed = NEEDED[name] ?? [];
  const base = ARGUMENTS[name] ?? [];
  const byArgument = given.flatMap((argument, position) =>
    NAMES_A_PATH.has(argument.name)
      ? [
          {
            what: `${name} ${argument.name}`,
            argv: (word: string) => [...words, ...needed, ...base.toSpliced(position, 1, word)],
            bads: badsFor(name, argument.name),
          },
        ]
      : [],
  );
  const byOption = options
    .filter((option) => NAMES_A_PATH.has(option.value ?? ''))
    .map((option) => ({
      what: `${name} --${option.name} ${option.value ?? ''}`,
      argv: (word: string) => [
        ...words,
        ...withoutOption(needed, `--${option.name}`),
        ...(option.name === 'config' ? (CONFIGURED[name] ?? base) : base),
        ...(name === 'verify commit' || name === 'verify app' ? (BESIDE[option.name] ?? []) : []),
        ...(BESIDE_OF[`${name} --${option.name}`] ?? []),
        `--${option.name}`,
        word,
      ],
      bads: WRITTEN.has(option.name) ? OUTPUT : badsFor(name, option.value ?? ''),
    }));
  return [...byArgument, ...byOption];
}

function badsFor(command: string, value: string): readonly Bad[] {
  if (value === 'FILE') return INPUT_FILE;
  // A folder that declares nothing can be compared with.
  return command === 'verify manifest'
    ? INPUT_FOLDER.filter((bad) => bad !== 'a folder')
    : INPUT_FOLDER;
}

function withoutOption(words: readonly string[], option: string): readonly string[] {
  const at = words.indexOf(option);
  return at === -1 ? words : words.toSpliced(at, 2);
}

const { authority: AUTHORITY, server: SERVER } = serverCertificatesOf('127.0.0.1');
/** Nothing listens there. */
const KUBECONFIG = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'u', user: { token: 'none' } }],
  contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  'current-context': 'x',
});

const ARGOCD = 'system:serviceaccount:argocd:argocd-application-controller';

let folder = '';
const closers: (() => unknown)[] = [];

before(async () => {
  folder = await makeTemporaryFolder(
    { after: (close) => void closers.push(close) },
    {
      garbage: 'neither: [this\nnor that',
      'folder/empty.txt': '',
      'journal/empty.txt': '',
      'certs/ca.crt': AUTHORITY.cert,
      'manifests/empty.yaml': '',
      'key.jwk': generateSigningKeyText(),
      'key.pem': generateKeyPairSync('ec', { namedCurve: 'P-256' })
        .publicKey.export({ type: 'spki', format: 'pem' })
        .toString(),
      'certs/tls.crt': SERVER.cert,
      'certs/tls.key': SERVER.key,
      'kubeconfig.yaml': KUBECONFIG,
      'repository/empty.txt': '',
      'object.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: b }\n',
      'holdfast.yaml': JSON.stringify({
        identity: { writers: [{ name: 'argocd', username: ARGOCD, tool: 'argocd' }] },
        policies: { bundle: await bundleFolder() },
      }),
    },
  );
  StateDatabase.open(join(folder, 'journal'), 0).state.close();
  symlinkSync('circle', join(folder, 'circle'));
  symlinkSync(await bundleFolder(), join(folder, 'shipped'));
  await run(['policy', 'new', 'owner']);
  const made = await run(['grant', 'create', ...(NEEDED['grant create'] ?? [])]);
  await writeFile(join(folder, 'grant.yaml'), made.printed);
  await makeRepository(join(folder, 'repository'));
});
after(async () => {
  for (const close of closers) await close();
});

async function run(
  argv: readonly string[],
): Promise<{ status: ExitStatus; text: string; printed: string }> {
  const recorded = recordContext({
    workingDirectory: folder,
    environment: { PATH: process.env['PATH'], HOME: folder },
  });
  const status = await runProgram(argv, {
    commands: COMMANDS,
    groups: COMMAND_GROUPS,
    version: '0',
    context: recorded.context,
  });
  return { status, text: recorded.reported(), printed: recorded.printed() };
}

async function makeRepository(repository: string): Promise<void> {
  const git = (...words: readonly string[]) =>
    promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words], {
      cwd: repository,
    });
  await git('init', '-q');
  await git('add', '.');
  await git('commit', '-qm', 'Begin');
}

/** What a person is told to change must be what they typed. */
const OTHER_REMEDIES = /server\.tls|Give admission reviews/u;

function findFault({ status, text }: { status: ExitStatus; text: string }, word: string) {
  if (status === 'ok' || status === 'internal') return `ends with ${status}`;
  if (/^ {4}at /mu.test(text)) return 'prints a stack';
  const number = /\bE[A-Z]{4,}\b/u.exec(text)?.[0];
  if (number !== undefined) return `prints ${number}`;
  if (!text.includes(word)) return `does not name "${word}"`;
  if (OTHER_REMEDIES.test(text)) return 'names the remedy of something else';
  const [first = '', second = ''] = text.split('\n');
  if (!/^holdfast: |^\S+:\d+:\d+: /u.test(first)) return 'does not begin with the problem';
  return second.trim() === '' ? 'has no remedy' : undefined;
}

describe('a command that is given a wrong file or folder says so', () => {
  for (const slot of COMMANDS.flatMap(slotsOf)) {
    it(slot.what, async () => {
      const faults: string[] = [];
      for (const bad of slot.bads) {
        const ended = await run(slot.argv(WORDS[bad]));
        const fault = findFault(ended, WORDS[bad]);
        if (fault !== undefined) faults.push(`${bad}: ${fault}: ${ended.text}`);
      }
      assert.deepEqual(faults, []);
    });
  }
});
