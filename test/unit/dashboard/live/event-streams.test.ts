import assert from 'node:assert/strict';
import { get as openRequest } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { startJournalStage, tokenOf } from '../../../support/dashboard-stage.ts';
import { waitUntil } from '../../../support/wait-until.ts';

describe('the stream', () => {
  interface Followed {
    readonly status: number;
    readonly text: () => string;
    readonly isEnded: () => boolean;
  }

  async function follow(
    t: TestContext,
    url: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<Followed> {
    return await new Promise((resolve, reject) => {
      let received = '';
      let isEnded = false;
      const outgoing = openRequest(url, { headers, agent: false }, (response) => {
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          received += chunk;
        });
        response.on('close', () => {
          isEnded = true;
        });
        const { statusCode: status = 0 } = response;
        resolve({ status, text: () => received, isEnded: () => isEnded });
      });
      outgoing.on('error', reject);
      t.after(() => outgoing.destroy());
    });
  }

  it('resumes behind Last-Event-ID, filters, and ends with the session', async (t) => {
    const staged = await startJournalStage(t);
    const { alice, newest, time, viewers, dashboard } = staged;
    newest.publish(6);
    const stream = await follow(t, `${staged.url}/live/events?after=1&decision=denied`, {
      ...alice,
      'last-event-id': '3',
    });
    await waitUntil(() => stream.text().includes('id: 6\nevent: tick'));
    newest.publish(9);
    await waitUntil(() => stream.text().includes('id: 9\nevent: tick'));
    assert.deepEqual(
      [...stream.text().matchAll(/id: (?<id>\d+)\nevent: (?<event>\w+)/gu)].map(
        ([, id, event]) => `${id} ${event}`,
      ),
      ['6 attempt', '6 tick', '9 attempt', '9 tick'],
    );
    assert.equal(dashboard.counts.streams, 1);
    viewers.delete(tokenOf('alice'));
    time.nowMs += 60_000;
    newest.wake();
    newest.publish(10);
    await waitUntil(() => stream.isEnded());
    assert.match(stream.text(), /event: reload/u);
    await waitUntil(() => dashboard.counts.streams === 0);
  });

  it('is for who is signed in, and for so many', async (t) => {
    const staged = await startJournalStage(t);
    assert.equal((await staged.get('/live/events')).status, 401);
    const { alice, time, dashboard } = staged;
    for (let count = 0; count < 64; count += 1) {
      time.nowMs += 50;
      await follow(t, `${staged.url}/live/events`, alice);
    }
    assert.equal(dashboard.counts.streams, 64);
    time.nowMs += 1000;

    assert.equal((await staged.get('/live/events', alice)).status, 503);
  });
});
