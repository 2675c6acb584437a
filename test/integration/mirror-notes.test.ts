/** Notes of local repositories, read with the real git: what is found, what is absent, what nobody can tell. */
import assert from 'node:assert/strict';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { NO_CREDENTIAL } from '../../src/source/mirror/credential.ts';
import type { NoteReading } from '../../src/source/mirror/read-note.ts';
import type { MirrorSettings } from '../../src/source/mirror/settings.ts';
import { openTestMirrors, repositoryOf, type TestMirrors } from '../support/git/test-mirrors.ts';
import { makeTestRepository, type TestRepository } from '../support/git/test-repository.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const NOTES_REF = 'refs/notes/hydrator.metadata';

interface Stage extends TestMirrors {
  readonly repository: TestRepository;
  /** A commit that the mirror has. */
  readonly objectId: string;
  readonly note: (objectId?: string) => Promise<Readonly<Record<string, unknown>>>;
  /** Writes the text as the note on the commit. */
  readonly annotate: (text: string) => Promise<void>;
}

async function open(t: TestContext, settings: Partial<MirrorSettings> = {}): Promise<Stage> {
  const root = await makeTemporaryFolder(t);
  const repository = await makeTestRepository(join(root, 'shop'));
  const opened = await openTestMirrors(t, { settings: { fileFolders: [root], ...settings } });
  const objectId = await repository.commit('Deploy');
  const url = `file://${repository.folder}`;
  assert.equal((await opened.read({ url, objectId })).status, 'found');
  const question = { repository: repositoryOf(url), credential: NO_CREDENTIAL, tracked: ['main'] };
  return {
    ...opened,
    repository,
    objectId,
    note: async (id = objectId) =>
      summarizeNote(await opened.mirrors.readNote({ ...question, objectId: id }, NOTES_REF)),
    annotate: async (text) => {
      const file = join(root, 'note');
      await writeFile(file, text);
      const argv = ['notes', `--ref=${NOTES_REF}`, 'add', '--force', '--file', file, objectId];
      await repository.git(...argv);
    },
  };
}

/** The bytes as text, failures without their words. */
function summarizeNote(reading: NoteReading): Readonly<Record<string, unknown>> {
  switch (reading.status) {
    case 'found':
      return { status: 'found', text: Buffer.from(reading.bytes).toString() };
    case 'absent':
    case 'unavailable':
      return { status: reading.status };
    case 'rejected':
      return { status: 'rejected', code: reading.code };
  }
}

test('a note is found with its bytes, and found anew when it was written again', async (t) => {
  const { note, annotate, telemetry } = await open(t);
  await annotate('{"drySha":"1"}\n');
  assert.deepEqual(await note(), { status: 'found', text: '{"drySha":"1"}\n' });
  await annotate('{"drySha":"2"}\n');

  assert.deepEqual(await note(), { status: 'found', text: '{"drySha":"2"}\n' });
  assert.deepEqual(await telemetry.exposed('holdfast_mirror_fetches_total{'), [
    'holdfast_mirror_fetches_total{outcome="done"} 3',
  ]);
});

test('a note is absent without the ref of the notes, and where another commit has one', async (t) => {
  const { note, annotate, repository } = await open(t);
  const other = await repository.git('rev-parse', 'HEAD~1');
  assert.deepEqual(await note(), { status: 'absent' });
  await annotate('{}\n');

  assert.deepEqual(await note(other), { status: 'absent' });
});

test('a note is unavailable while the repository is away, and found when it is back', async (t) => {
  const { note, annotate, repository } = await open(t);
  await annotate('{}\n');
  const inner = join(repository.folder, '.git');
  const away = join(repository.folder, 'away');
  await rename(inner, away);
  assert.deepEqual(await note(), { status: 'unavailable' });
  await rename(away, inner);

  assert.deepEqual(await note(), { status: 'found', text: '{}\n' });
});

test('a note that the server lists and cannot send is unavailable', async (t) => {
  const { note, annotate, repository, telemetry } = await open(t);
  await annotate('{}\n');
  const tree = await repository.git('rev-parse', `${NOTES_REF}^{tree}`);
  await rm(join(repository.folder, '.git/objects', tree.slice(0, 2), tree.slice(2)));

  assert.deepEqual(await note(), { status: 'unavailable' });
  assert.deepEqual(await telemetry.exposed('holdfast_mirror_fetches_total{'), [
    'holdfast_mirror_fetches_total{outcome="done"} 1',
    'holdfast_mirror_fetches_total{outcome="failed"} 1',
  ]);
});

test('a ref of notes that is a file, not a history of notes, is fetched and leaves the note unavailable', async (t) => {
  const { note, repository, telemetry } = await open(t);
  const file = join(repository.folder, 'file');
  await writeFile(file, 'content');
  await repository.git('update-ref', NOTES_REF, await repository.git('hash-object', '-w', file));

  assert.deepEqual(await note(), { status: 'unavailable' });
  assert.deepEqual(await telemetry.exposed('holdfast_mirror_fetches_total{'), [
    'holdfast_mirror_fetches_total{outcome="done"} 2',
  ]);
});

test('a note larger than the limit is malformed, and so is a note on what is no object id', async (t) => {
  const { note, annotate } = await open(t, { objectBytesMax: 4096 });
  await annotate('x'.repeat(5000));

  assert.deepEqual(await note(), { status: 'rejected', code: 'object_malformed' });
  assert.deepEqual(await note('main'), { status: 'rejected', code: 'repository_refused' });
});
