/** The rules and the dashboard of the chart: read by promtool, and about metrics that exist. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { z } from 'zod';
import { parseYaml } from '../../src/base/parse-yaml.ts';
import { METRICS } from '../../src/telemetry/metrics-table.ts';
import { prepareChartTool } from '../support/assets/chart-tools.ts';
import { EVERYTHING, setValues } from '../support/deploy/chart-matrix.ts';
import { CHART, readObjects, renderChart } from '../support/deploy/render-chart.ts';
import { listAnchors, listMetrics } from '../support/docs/claims.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const RULES = join(CHART, 'files', 'rules.yaml');
const DASHBOARD = join(CHART, 'files', 'dashboard.json');
const ALERTS = join(import.meta.dirname, '..', '..', 'docs', 'operations', 'alerts.md');

const groupsSchema = z.object({
  groups: z.array(
    z.looseObject({
      rules: z.array(
        z.strictObject({
          alert: z.string(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.strictObject({
            summary: z.string(),
            description: z.string(),
            runbook_url: z.string().optional(),
          }),
        }),
      ),
    }),
  ),
});

function readRules() {
  const options = { dialect: 'kubernetes', aliasesMax: 0 } as const;
  const parsed = parseYaml(readFileSync(RULES, 'utf8'), options);
  assert.ok(parsed.ok);
  return groupsSchema.parse(parsed.documents[0]?.value).groups.flatMap(({ rules }) => rules);
}

/** An alert that fires on these series, and one that does not. */
interface Case {
  readonly alert: string;
  readonly series: string;
  readonly fires: string;
  readonly silent: string;
  readonly at?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

const HOUR_OF_ZEROS = '0x120';
const CASES: readonly Case[] = [
  { alert: 'HoldfastDown', series: 'up{job="holdfast"}', fires: HOUR_OF_ZEROS, silent: '1x120' },
  {
    alert: 'HoldfastReplicasMissing',
    series: 'kube_statefulset_status_replicas_ready{statefulset="holdfast"}',
    fires: '2x120',
    silent: '3x120',
  },
  {
    alert: 'HoldfastWebhookUnreachable',
    series:
      'apiserver_admission_webhook_rejection_count{name="drift.holdfast.dev",error_type="calling_webhook_error"}',
    fires: '0+1x120',
    silent: '5x120',
  },
  {
    alert: 'HoldfastWebhookFailedOpen',
    series: 'apiserver_admission_webhook_fail_open_count{name="children.holdfast.dev"}',
    fires: '0+1x120',
    silent: '5x120',
  },
  {
    alert: 'HoldfastPoliciesUnavailable',
    series: 'holdfast_policy_outcomes_total{policy="p",outcome="unavailable"}',
    fires: '0+1x120',
    silent: '5x120',
  },
  {
    alert: 'HoldfastFaults',
    series: 'holdfast_faults_total{code="internal_error"}',
    fires: '0+1x120',
    silent: '5x120',
  },
  {
    alert: 'HoldfastOverloaded',
    series: 'holdfast_http_rejected_total{code="x"}',
    fires: '0+60x120',
    silent: '0+1x120',
  },
  {
    alert: 'HoldfastRecordsFailed',
    series: 'holdfast_records_total{outcome="failed"}',
    fires: '0+1x120',
    silent: '5x120',
  },
  {
    alert: 'HoldfastJournalEntriesLost',
    series: 'holdfast_journal_entries_lost_total',
    fires: '3x120',
    silent: HOUR_OF_ZEROS,
  },
  {
    alert: 'HoldfastJournalSetAside',
    series: 'holdfast_journal_set_aside',
    fires: '1x120',
    silent: HOUR_OF_ZEROS,
  },
  {
    alert: 'HoldfastSinkLags',
    series: 'holdfast_sink_lag_seconds{sink="s"}',
    fires: '1000x120',
    silent: '60x120',
  },
  {
    alert: 'HoldfastSinkDeadLetters',
    series: 'holdfast_sink_dead_letters{sink="s"}',
    fires: '1x120',
    silent: HOUR_OF_ZEROS,
  },
  {
    alert: 'HoldfastDeliveryStopped',
    series: 'holdfast_delivery_thread_running',
    fires: HOUR_OF_ZEROS,
    silent: '1x120',
  },
  {
    alert: 'HoldfastCertificateExpires',
    series: 'holdfast_certificate_expiry_timestamp_seconds{certificate="authority"}',
    fires: '604800x120',
    silent: '2592000x120',
  },
  {
    alert: 'HoldfastCertificateExpiresSoon',
    series: 'holdfast_certificate_expiry_timestamp_seconds{certificate="authority"}',
    fires: '90000x120',
    silent: '604800x120',
  },
  {
    alert: 'HoldfastCertificateUntrusted',
    series: 'holdfast_certificate_trusted{certificate="served"}',
    fires: HOUR_OF_ZEROS,
    silent: '1x120',
  },
  {
    alert: 'HoldfastCertificateRotationBlocked',
    series: 'holdfast_certificate_rotation_blocked',
    fires: '1x120',
    silent: HOUR_OF_ZEROS,
  },
  {
    alert: 'HoldfastCredentialsUnknown',
    series: 'holdfast_credentials_total{status="unknown"}',
    fires: '0+1x120',
    silent: '5x120',
  },
  {
    alert: 'HoldfastCredentialsNotShared',
    series: 'holdfast_credential_syncs_total{outcome="failed"}',
    fires: '0+1x120',
    silent: '5x120',
  },
  {
    alert: 'HoldfastConfigurationRefused',
    series: 'holdfast_configuration_reloads_total{outcome="failed"}',
    fires: '0+1x120',
    silent: '5x120',
  },
  {
    alert: 'HoldfastWatchesNotSynced',
    series: 'holdfast_watch_synced{resource="pods"}',
    fires: HOUR_OF_ZEROS,
    silent: '1x120',
  },
  {
    alert: 'HoldfastHeldOpen',
    series: 'holdfast_objects_held_open',
    fires: '1x3000',
    silent: '0x3000',
    at: '30h',
  },
  {
    alert: 'HoldfastHubSilent',
    series: 'holdfast_hub_age_seconds',
    fires: '400x120',
    silent: '10x120',
  },
  {
    alert: 'HoldfastSlow',
    series: 'holdfast_decision_duration_seconds_bucket{le="0.1"}',
    fires: '0x120',
    silent: '0+10x120',
  },
  {
    alert: 'HoldfastTracesDropped',
    series: 'holdfast_trace_spans_dropped_total{reason="unavailable"}',
    fires: '0+10x120',
    silent: '5x120',
  },
];

describe('the rules of the chart', () => {
  let promtool = '';
  before(async () => {
    promtool = await prepareChartTool('promtool');
  });
  const run = (...argv: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(promtool, argv, { encoding: 'utf8' });
    return { status, output: `${stdout}${stderr}` };
  };

  it('pass promtool check rules', () => {
    const { status, output } = run('check', 'rules', '--lint=all', '--lint-fatal', RULES);
    assert.equal(status, 0, output);
    assert.match(output, new RegExp(`SUCCESS: ${readRules().length} rules found`, 'u'));
  });

  it('each fire where they should, and not elsewhere, by promtool test rules', async (t) => {
    assert.deepEqual(
      CASES.map(({ alert }) => alert).toSorted(),
      readRules()
        .map(({ alert }) => alert)
        .toSorted(),
    );
    const folder = await makeTemporaryFolder(t, {});
    for (const one of CASES) {
      for (const fires of [true, false]) {
        const file = join(folder, `${one.alert}-${String(fires)}.json`);
        await writeFile(file, JSON.stringify(planRuleTest(one, fires)));
        // The expression is alone with its count, so that no text of an annotation is repeated here.
        const { status, output } = run('test', 'rules', file);
        assert.equal(status, 0, `${one.alert} ${fires ? 'does not fire' : 'fires'}: ${output}`);
      }
    }
  });

  it('and the dashboard name metrics that exist', () => {
    const expressions = [
      ...readRules().map(({ expr }) => expr),
      ...[...readFileSync(DASHBOARD, 'utf8').matchAll(/"expr": "(?<expr>.*)"/gu)].map(
        ({ groups }) => groups?.['expr'] ?? '',
      ),
    ];
    assert.ok(expressions.length > 40);
    for (const expression of expressions) {
      assert.deepEqual(
        listMetrics(expression).filter((name) => !Object.hasOwn(METRICS, name)),
        [],
        expression,
      );
    }
  });

  it('and the dashboard ask for labels that their metrics have', () => {
    const expressions = [
      ...readRules().map(({ expr }) => expr),
      ...[...readFileSync(DASHBOARD, 'utf8').matchAll(/"expr": (?<expr>".*")/gu)].map(
        ({ groups }) => String(JSON.parse(groups?.['expr'] ?? '""')),
      ),
    ];
    let asked = 0;
    for (const expression of expressions) {
      const selectors = expression.matchAll(/(?<metric>holdfast_\w+)\{(?<matchers>[^}]*)\}/gu);
      for (const { groups: { metric = '', matchers = '' } = {} } of selectors) {
        const known = new Set(labelsOf(metric));
        for (const { groups } of matchers.matchAll(/(?<label>\w+)\s*(?:=|!)/gu)) {
          asked += 1;
          assert.ok(known.has(groups?.['label'] ?? ''), `${groups?.['label']}: ${expression}`);
        }
      }
      const metrics = listMetrics(expression);
      if (metrics.length === 0) continue;
      const known = new Set(metrics.flatMap(labelsOf));
      for (const { groups } of expression.matchAll(/\bby \((?<labels>[^)]*)\)/gu)) {
        for (const label of (groups?.['labels'] ?? '').split(/\s*,\s*/u)) {
          asked += 1;
          assert.ok(known.has(label), `${label}: ${expression}`);
        }
      }
    }
    assert.ok(asked > 20, String(asked));
  });

  it('has a dashboard whose panels lie beside each other, with expressions that promtool can parse', async (t) => {
    const schema = z.looseObject({
      panels: z.array(
        z.looseObject({
          id: z.int(),
          title: z.string().min(1),
          gridPos: z.strictObject({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
          targets: z.array(z.looseObject({ expr: z.string() })).min(1),
        }),
      ),
    });
    const { panels } = schema.parse(JSON.parse(readFileSync(DASHBOARD, 'utf8')));
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    assert.equal(new Set(cells).size, cells.length);
    assert.ok(panels.every(({ gridPos: { x, w } }) => x + w <= 24));
    const rules = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const folder = await makeTemporaryFolder(t, {
      'rules.json': JSON.stringify({
        groups: [
          {
            name: 'dashboard',
            rules: rules.map((expr, index) => ({ record: `panel:${index}`, expr })),
          },
        ],
      }),
    });
    const { status, output } = run('check', 'rules', join(folder, 'rules.json'));
    assert.equal(status, 0, output);
  });

  it('have a runbook each, which their address names', async () => {
    const anchors = listAnchors(readFileSync(ALERTS, 'utf8'));
    const names = readRules().map(({ alert }) => alert.toLowerCase());
    assert.deepEqual(
      anchors.filter((anchor) => anchor.startsWith('holdfast')),
      names,
    );
    const objects = readObjects(await renderChart(setValues(EVERYTHING)));
    const rule = objects.find(({ kind }) => kind === 'PrometheusRule');
    const { groups } = groupsSchema.parse(rule?.['spec']);
    assert.deepEqual(
      groups.flatMap(({ rules }) => rules.map(({ annotations }) => annotations.runbook_url)),
      names.map((name) => `https://example.com/alerts#${name}`),
    );
  });
});

/** What a metric of the table is labelled with, and what Prometheus and the client add. */
function labelsOf(metric: string): readonly string[] {
  const rows: Readonly<Record<string, { readonly labels: readonly string[] }>> = METRICS;
  const name = metric.replace(/_(?:bucket|sum|count)$/u, '');
  const row = rows[metric] ?? rows[name];
  assert.ok(row, metric);
  return [...row.labels, 'le', 'job', 'instance', 'namespace', 'pod'];
}

/** A test of promtool that counts how often the alert fires. */
function planRuleTest({ alert, series, fires, silent, at = '110m' }: Case, isFiring: boolean) {
  const values = isFiring ? fires : silent;
  return {
    rule_files: [RULES],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: [
          { series, values },
          // What expressions compare with.
          { series: 'kube_statefulset_replicas{statefulset="holdfast"}', values: '3x120' },
          { series: 'holdfast_decision_duration_seconds_bucket{le="5"}', values: '0+10x120' },
          { series: 'holdfast_decision_duration_seconds_bucket{le="+Inf"}', values: '0+10x120' },
        ],
        promql_expr_test: [
          {
            expr: `count(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)`,
            eval_time: at,
            exp_samples: [{ labels: '{}', value: isFiring ? 1 : 0 }],
          },
        ],
      },
    ],
  };
}
