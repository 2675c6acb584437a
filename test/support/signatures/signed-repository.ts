/** A repository of the real git with signed commits, and what git itself says of them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a commit is made. */
export interface NewCommit {
  readonly signWith?: { readonly program: string; readonly key: string } | undefined;
  readonly message?: string | Buffer;
  readonly committer?: string;
  readonly email?: string;
  readonly configuration?: readonly string[];
  readonly argv?: readonly string[];
}

/** What `git verify-commit` says. */
export interface GitVerdict {
  /** The letter of `%G?`. */
  readonly letter: string;
  readonly exitCode: number;
}

/** Lies in a temporary folder; `close()` removes it. */
export class SignedRepository {
  readonly folder: string;

  /** In an empty folder, else in one of its own. */
  constructor(folder = mkdtempSync(join(tmpdir(), 'hf-git-'))) {
    this.folder = folder;
    this.git(['init', '--quiet', '--initial-branch=main']);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  git(
    argv: readonly string[],
    options: { readonly input?: string | Buffer; readonly email?: string } = {},
  ): Buffer {
    const { input, email = 'ada@example.com' } = options;
    const identity = ['-c', 'user.name=Ada', '-c', `user.email=${email}`];
    return execFileSync('git', ['-C', this.folder, ...identity, ...argv], {
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
    });
  }

  /** Commits, signed or not, and returns the object id. */
  commit({
    signWith,
    message = 'Change',
    email,
    configuration = [],
    argv = [],
  }: NewCommit): string {
    const signing =
      signWith === undefined
        ? { options: [], flags: ['--no-gpg-sign'] }
        : { options: ['-c', `gpg.program=${signWith.program}`], flags: [`-S${signWith.key}`] };
    this.git(
      [
        ...configuration.flatMap((setting) => ['-c', setting]),
        ...signing.options,
        'commit',
        '--quiet',
        '--allow-empty',
        '--allow-empty-message',
        '--cleanup=verbatim',
        ...signing.flags,
        '-F',
        '-',
        ...argv,
      ],
      { input: message, ...(email === undefined ? {} : { email }) },
    );
    return this.git(['rev-parse', 'HEAD']).toString().trim();
  }

  /** The raw bytes of a commit or tag. */
  read(object: string, type: 'commit' | 'tag' = 'commit'): Buffer {
    return this.git(['cat-file', type, object]);
  }

  /** Stores bytes as a commit, and returns the object id. */
  write(bytes: Buffer): string {
    return this.git(['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], {
      input: bytes,
    })
      .toString()
      .trim();
  }

  /** The oracle: `program` has the public keys. */
  judge(object: string, program: string): GitVerdict {
    const options = ['-C', this.folder, '-c', `gpg.program=${program}`];
    const letter = spawnSync('git', [...options, 'log', '-1', '--format=%G?', object]);
    const verify = spawnSync('git', [...options, 'verify-commit', object]);
    return { letter: letter.stdout.toString().trim(), exitCode: verify.status ?? -1 };
  }

  /** The exit code of `git verify-tag`. */
  judgeTag(tag: string, program: string): number {
    const options = ['-C', this.folder, '-c', `gpg.program=${program}`];
    return spawnSync('git', [...options, 'verify-tag', tag]).status ?? -1;
  }
}
