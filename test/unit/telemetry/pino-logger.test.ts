import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogLevel } from '../../../src/telemetry/settings.ts';
import { createLogger } from '../../../src/telemetry/pino-logger.ts';

function captureLogger(level: LogLevel): {
  readonly logger: ReturnType<typeof createLogger>;
  readonly lines: () => readonly unknown[];
} {
  const written: string[] = [];
  const stream = { write: (line: string): void => void written.push(line) };
  const logger = createLogger({ level, stream });
  return { logger, lines: () => written.map(parseWithoutTime) };
}

/** An entry, or the entries of a batch. */
function parseWithoutTime(text: string): unknown {
  const entries = text.trimEnd().split('\n').map(parseEntry);
  return entries.length === 1 ? entries[0] : entries;
}

function parseEntry(line: string): unknown {
  return JSON.parse(line.replace(/"time":"\d{4}-\d\d-\d\dT[\d:.]+Z",/, ''));
}

test('createLogger() writes JSON lines with the fields masked', () => {
  const { logger, lines } = captureLogger('debug');
  logger.debug('Looked up the parent', { token: 't', name: 'n' });
  logger.info('Started');
  logger.child({ part: 'server' }).warn('Slow', { password: 'p' });
  logger.error('Failed');
  logger.debug('No fields');
  logger.warn('No fields');
  assert.deepEqual(lines(), [
    { level: 20, token: '[redacted]', name: 'n', msg: 'Looked up the parent' },
    { level: 30, msg: 'Started' },
    { level: 40, part: 'server', password: '[redacted]', msg: 'Slow' },
    { level: 50, msg: 'Failed' },
    { level: 20, msg: 'No fields' },
    { level: 40, msg: 'No fields' },
  ]);
});

test('createLogger() is silent below its level, which can be changed', () => {
  const { logger, lines } = captureLogger('info');
  logger.debug('unseen');
  logger.setLevel('debug');
  logger.debug('seen');
  assert.deepEqual(lines(), [{ level: 20, msg: 'seen' }]);
});

test('createLogger() writes a batch as it writes other entries: fields of children, masked, above the level', async () => {
  const { logger, lines } = captureLogger('warn');
  const child = logger.child({ part: 'audit', token: 't' });

  await Promise.all([
    logger.batch('warn', 'Decision', { record: { data: 'd', user: 'jane' } }),
    child.batch('warn', 'Decision', {}),
    logger.batch('info', 'Decision', { record: {} }),
    logger.batch('warn', 'Empty', {}),
  ]);

  const [text] = lines();
  assert.deepEqual(text, [
    { level: 40, record: { data: '[redacted]', user: 'jane' }, msg: 'Decision' },
    { level: 40, part: 'audit', token: '[redacted]', msg: 'Decision' },
    { level: 40, msg: 'Empty' },
  ]);
  assert.equal(lines().length, 1);
});

test('createLogger() writes to standard error by default', () => {
  assert.equal(typeof createLogger({ level: 'silent' }).info, 'function');
});
