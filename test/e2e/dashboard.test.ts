/** The dashboard in a browser, of a Holdfast that a real API server asks, for people that the API server knows. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { z } from 'zod';
import { prepareDebianProgram } from '../support/assets/debian.ts';
import { findFreePorts } from '../support/cluster/free-ports.ts';
import { startShopCluster, type ShopCluster } from '../support/cluster/shop-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { startDashboardStage, tokenOf } from '../support/dashboard-stage.ts';
import { buildJournal } from '../support/journal/build-journal.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

/** Where pictures for docs/ are written, if somebody asks for them. */
const PICTURES = process.env['HOLDFAST_PICTURES'];
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };

const axeSchema = z.looseObject({
  violations: z.array(
    z.looseObject({
      id: z.string(),
      nodes: z.array(z.looseObject({ html: z.string(), failureSummary: z.string().optional() })),
    }),
  ),
});

const RBAC = 'rbac.authorization.k8s.io';

/** What the chart grants: the account of Holdfast may ask. */
function reviewRights(): readonly object[] {
  const metadata = { name: 'holdfast-dashboard' };
  const rule = (apiGroup: string, resource: string): object => ({
    apiGroups: [apiGroup],
    resources: [resource],
    verbs: ['create'],
  });
  const rules = [
    rule('authentication.k8s.io', 'tokenreviews'),
    rule('authorization.k8s.io', 'subjectaccessreviews'),
  ];
  const holdfast = { kind: 'ServiceAccount', name: 'holdfast', namespace: 'holdfast-system' };
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata, rules },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: metadata.name },
      subjects: [holdfast],
    },
  ];
}

/** An account that may see the records of a namespace, or of all. */
function viewerRights(account: string, namespace: string | undefined): readonly object[] {
  const rules = [{ apiGroups: ['holdfast.dev'], resources: ['decisions'], verbs: ['get'] }];
  const scope = namespace === undefined ? 'ClusterRole' : 'Role';
  const metadata = { name: `decisions-${account}`, ...(namespace && { namespace }) };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace: 'default' } },
    { apiVersion: `${RBAC}/v1`, kind: scope, metadata, rules },
    {
      apiVersion: `${RBAC}/v1`,
      kind: `${scope}Binding`,
      metadata,
      roleRef: { apiGroup: RBAC, kind: scope, name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'default' }],
    },
  ];
}

describe('the dashboard in a browser', () => {
  let shop: ShopCluster;
  let browser: Browser;
  let url: string;
  const tokens = new Map<string, string>();
  const faults: string[] = [];

  before(async () => {
    const executablePath = await prepareDebianProgram({ program: 'chromium', package: 'chromium' });
    const [port = 0] = await findFreePorts(1);
    url = `http://localhost:${port}`;
    shop = await startShopCluster({
      audit: { journal: { folder: 'journal' } },
      sections: { dashboard: { port } },
      // Before the webhook: it lets nobody but Git give rights to the account of Holdfast.
      prepared: [
        ...reviewRights(),
        ...viewerRights('reader', 'shop'),
        ...viewerRights('auditor', undefined),
      ],
    });
    const { cluster } = shop;
    for (const account of ['reader', 'auditor']) {
      const argv = ['-n', 'default', 'create', 'token', account];
      tokens.set(account, (await cluster.mustKubectl('root', argv)).trim());
    }
    await waitFor('the dashboard answers', async () =>
      fetch(`${url}/sign-in`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    // As root, Chromium starts without its sandbox; it loads nothing but our pages.
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });

  after(async () => {
    await browser?.close();
    await shop?.cluster.stop();
  });

  type Look = Parameters<Browser['newContext']>[0];

  async function signIn(account: string, look: Look = {}): Promise<Page> {
    const context: BrowserContext = await browser.newContext({ viewport: DESK, ...look });
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(url);
    await page.getByLabel('A token of this cluster').fill(tokens.get(account) ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Live' }).waitFor();
    return page;
  }

  /** A cluster-admin tries to change what Git manages; the id of the decision. */
  async function attempt(line: string): Promise<string> {
    const { stderr } = await shop.cluster.kubectl('alice', line.split(' '));
    const id = /decision (?<id>[0-9A-Z]{26})/u.exec(stderr)?.groups?.['id'];
    assert.ok(id, stderr);
    return id;
  }

  async function audit(page: Page): Promise<void> {
    await page.evaluate(axe.source);
    const { violations } = axeSchema.parse(await page.evaluate('axe.run()'));
    assert.deepEqual(
      violations.map(({ id, nodes }) => [
        id,
        nodes.map(({ html, failureSummary }) => [html, failureSummary]),
      ]),
      [],
      page.url(),
    );
  }

  async function picture(page: Page, name: string): Promise<void> {
    if (PICTURES === undefined) return;
    await mkdir(PICTURES, { recursive: true });
    await writeFile(join(PICTURES, `${name}.png`), await page.screenshot());
  }

  it('shows an attempt within a second, and leads to its decision', async (t) => {
    const page = await signIn('reader');
    await page.getByText(/^Live: updated \d+ s ago\.$/u).waitFor();
    const id = await attempt(
      '-n shop set image deployment/checkout app=registry.local/checkout:hotfix',
    );
    const answeredAtMs = performance.now();
    const row = page.locator(`tr:has(a[href="/decisions/${id}"])`);
    await row.waitFor();
    const tookMs = performance.now() - answeredAtMs;
    t.diagnostic(`shown ${tookMs.toFixed(0)} ms after kubectl was answered`);
    assert.ok(tookMs < 1000, `it took ${tookMs} ms`);
    assert.match(
      await row.innerText(),
      /denied\s+managed_object_changed\s+alice\s+UPDATE deployments\.apps\s+shop\/checkout/u,
    );
    await picture(page, 'live');
    await row.getByRole('link').click();
    const main = await page.getByRole('main').innerText();
    for (const text of [
      id,
      'spec.template.spec.containers[app].image',
      '− registry.local/checkout:1.0.0',
      '+ registry.local/checkout:hotfix',
      'gitops_only_writes',
      `holdfast grant request deployments.apps/shop/checkout --subject alice --cluster test --verb UPDATE`,
    ]) {
      assert.ok(main.includes(text), `${text}\n---\n${main}`);
    }
    await audit(page);
    await picture(page, 'decision');
    await page.context().close();
  });

  it('filters by the address, also what happens', async () => {
    const page = await signIn('reader');
    await page.getByLabel('user').fill('alice');
    await page.getByLabel('code').fill('object_deleted_by_other');
    await page.getByRole('button', { name: 'Filter' }).click();
    assert.match(page.url(), /user=alice/u);
    await page.getByText(/^Live:/u).waitFor();
    const changed = await attempt('-n shop annotate configmap checkout a=b --overwrite');
    await page.goto(`${url}/?user=alice&namespace=shop&decision=denied`);
    await page.locator(`a[href="/decisions/${changed}"]`).waitFor();
    await page.getByText(/^Live:/u).waitFor();
    const next = await attempt('-n shop annotate configmap checkout a=c --overwrite');
    await page.locator(`a[href="/decisions/${next}"]`).waitFor();
    await page.goto(`${url}/?user=nobody`);
    await page.getByText('No record that you may see matches.').waitFor();
    await page.context().close();
  });

  it('hides what is in other namespaces, from the list, the stream and by its address', async () => {
    const reader = await signIn('reader');
    const auditor = await signIn('auditor');
    await reader.getByText(/^Live:/u).waitFor();
    await auditor.getByText(/^Live:/u).waitFor();
    const hidden = await attempt('-n argocd annotate application checkout a=b --overwrite');
    const shown = await attempt('-n shop annotate configmap checkout a=d --overwrite');
    await auditor.locator(`a[href="/decisions/${hidden}"]`).waitFor();
    await reader.locator(`a[href="/decisions/${shown}"]`).waitFor();
    for (const path of ['/', `/decisions/${hidden}`, '/?namespace=argocd', '/journal']) {
      await reader.goto(`${url}${path}`);
      const main = await reader.getByRole('main').innerHTML();
      assert.ok(!main.includes('applications.argoproj.io'), `${path}: ${main}`);
      assert.ok(!main.includes(`href="/decisions/${hidden}"`), `${path}: ${main}`);
    }
    await auditor.goto(`${url}/journal`);
    await auditor.getByText(/entries match their hashes/u).waitFor();
    await picture(auditor, 'journal');
    await reader.context().close();
    await auditor.context().close();
  });

  it('is read without JavaScript, and by loading it again', async () => {
    const page = await signIn('reader', { javaScriptEnabled: false });
    const id = await attempt('-n shop label configmap checkout a=b --overwrite');
    await page.getByRole('link', { name: 'Load again' }).click();
    await page.locator(`a[href="/decisions/${id}"]`).click();
    assert.match(await page.getByRole('main').innerText(), /managed_object_changed/u);
    await page.context().close();
  });

  it('fits a phone, in the dark, by keyboard; axe finds nothing on any page', async () => {
    for (const look of [
      { viewport: DESK, colorScheme: 'light' },
      { viewport: PHONE, colorScheme: 'dark' },
    ] as const) {
      const page = await signIn('auditor', look);
      await page.getByText(/^Live:/u).waitFor();
      const link = await page.locator('tbody a').first().getAttribute('href');
      for (const path of ['/', link ?? '', '/incidents', '/journal', '/nothing', '/sign-in']) {
        await page.goto(`${url}${path}`);
        await audit(page);
        const width = await page.evaluate('document.documentElement.scrollWidth');
        assert.ok(Number(width) <= look.viewport.width, `${path} is ${String(width)} wide`);
      }
      await page.goto(url);
      const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      assert.equal(
        background,
        look.colorScheme === 'dark' ? 'rgb(20, 23, 28)' : 'rgb(255, 255, 255)',
      );
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to content');
      if (look.colorScheme === 'dark') await picture(page, 'phone');
      await page.context().close();
    }
  });

  it('resumes after a restart of Holdfast, once the person has signed in again', async () => {
    const page = await signIn('reader');
    await page.getByText(/^Live:/u).waitFor();
    await shop.holdfast.stop('SIGKILL');
    await page.getByText(/^Not connected:/u).waitFor();
    await shop.holdfast.start();
    const id = await attempt('-n shop label configmap checkout a=c --overwrite');
    await waitFor('the dashboard answers', async () =>
      fetch(`${url}/sign-in`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    await page.reload();
    await page.getByLabel('A token of this cluster').fill(tokens.get('reader') ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator(`a[href="/decisions/${id}"]`).waitFor();
    await page.context().close();
  });

  it('has no fault and no blocked content in the console', () => {
    // A stream that is cut off, and answers that say what may not be seen, are said by the browser as errors.
    const unexpected = faults.filter(
      (text) => !/status of (?:401|403|404)|ERR_(?:CONNECTION|INCOMPLETE|EMPTY)/u.test(text),
    );
    assert.deepEqual(unexpected, []);
  });
});

describe('the dashboard of a large journal', () => {
  it('shows the first page of 100,000 records, and that of a person who may see a third', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await buildJournal(folder, { segments: [40_000, 40_000, 20_000] });
    const stage = await startDashboardStage(t, { folder, lastSequence: 100_000 });
    for (const account of ['root', 'alice']) {
      const headers = { cookie: await stage.signIn(tokenOf(account)) };
      for (const path of [
        '/',
        '/?decision=denied',
        '/?user=user-3',
        '/?before=50000',
        '/?policy=nothing',
      ]) {
        const startMs = performance.now();
        const { status } = await stage.get(path, headers);
        const tookMs = performance.now() - startMs;
        t.diagnostic(`${account} ${path}: ${tookMs.toFixed(0)} ms`);
        assert.equal(status, 200);
      }
    }
  });
});
